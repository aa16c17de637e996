/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <linux/export.h>
#include <linux/module.h>

int register_driver(const char *name, struct module *owner)
{
	return !name || !owner;
}
EXPORT_SYMBOL(register_driver);

/* The linker's bounds of the export table. Weak: a kernel may export nothing. */
extern const struct kernel_symbol __start___ksymtab[] __attribute__((weak));
extern const struct kernel_symbol __stop___ksymtab[] __attribute__((weak));

int main(void)
{
	const struct kernel_symbol *symbol;

	printf("vmlinux exports %zu symbols:", (size_t)(__stop___ksymtab - __start___ksymtab));
	for (symbol = __start___ksymtab; symbol < __stop___ksymtab; symbol++)
		printf(" %s", symbol->name);
	printf("\n");
	return 0;
}
