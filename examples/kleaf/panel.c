/* SPDX-License-Identifier: Apache-2.0 */
extern int __this_module;
int printk(const char *message);
void kfree(void *memory);

int *init_module(void)
{
	printk("panel");
	kfree(0);
	return &__this_module;
}
