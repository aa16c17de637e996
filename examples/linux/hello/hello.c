// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0

#include <linux/crc8.h>
#include <linux/module.h>

DECLARE_CRC8_TABLE(hello_table);

static int __init hello_init(void)
{
	static const u8 greeting[] = "hello";

	crc8_populate_msb(hello_table, 7);
	pr_info("hello, crc8 %#x\n", crc8(hello_table, greeting, sizeof(greeting) - 1, CRC8_INIT_VALUE));
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("goodbye\n");
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_DESCRIPTION("Says hello, and how it says it");
MODULE_LICENSE("GPL");
