/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel offers to modules, in miniature. */
#ifndef QUICKSTART_LINUX_MODULE_H
#define QUICKSTART_LINUX_MODULE_H

struct module {
	const char *name;
};

#ifdef MODULE
/* Undefined in a module's .o; defined when the .ko is linked, as modpost does. */
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#endif

int printk(const char *message);
void *kmalloc(unsigned long size);
void kfree(void *memory);
long ktime_get(void);
void schedule(void);
int register_driver(const char *name, struct module *owner);

#endif
