/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/module.h>

int init_module(void)
{
	printk("hello");
	return register_driver("hello", THIS_MODULE);
}
