/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/module.h>

static long *counter;

int init_module(void)
{
	counter = kmalloc(sizeof(*counter));
	if (!counter)
		return -1;
	*counter = 0;
	return register_driver("counter", THIS_MODULE);
}

void cleanup_module(void)
{
	kfree(counter);
}
