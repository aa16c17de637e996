/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <linux/export.h>
#include <linux/module.h>

int printk(const char *message)
{
	return puts(message);
}
EXPORT_SYMBOL(printk);
