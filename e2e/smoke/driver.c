/* SPDX-License-Identifier: Apache-2.0 */
extern char __this_module[];
extern int optional_hook(void) __attribute__((weak));
int register_driver(void *owner);

int init_module(void)
{
	if (optional_hook)
		optional_hook();
	return register_driver(__this_module);
}
