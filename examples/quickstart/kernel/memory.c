/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <linux/export.h>
#include <linux/module.h>

void *kmalloc(unsigned long size)
{
	return malloc(size);
}
EXPORT_SYMBOL(kmalloc);

void kfree(void *memory)
{
	free(memory);
}
EXPORT_SYMBOL(kfree);
