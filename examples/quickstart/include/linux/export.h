/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EXPORT_SYMBOL of a kernel with CONFIG_TRIM_UNUSED_KSYMS, reduced to its idea (include/linux/export.h
 * of Linux 5.x to 6.4): a symbol is exported only if autoksyms.h defines __KSYM_<symbol> as 1.
 */
#ifndef QUICKSTART_LINUX_EXPORT_H
#define QUICKSTART_LINUX_EXPORT_H

#include <generated/autoksyms.h>

struct kernel_symbol {
	const void *value;
	const char *name;
};

/* EXPORT_IF_1 when the macro `flag` is 1, EXPORT_IF_0 when it is not defined. */
#define SECOND(ignored, second, ...) second
#define SHIFT_IF_1 unused,
#define CHOOSE(shift) SECOND(shift EXPORT_IF_1, EXPORT_IF_0, unused)
#define PASTE_SHIFT(flag) CHOOSE(SHIFT_IF_##flag)
#define WHEN_DEFINED(flag) PASTE_SHIFT(flag)

#define EXPORT_IF_0(sym)
#define EXPORT_IF_1(sym)						\
	static const struct kernel_symbol __ksymtab_##sym		\
	__attribute__((section("__ksymtab"), used)) = { &sym, #sym }

#define EXPORT_SYMBOL(sym) WHEN_DEFINED(__KSYM_##sym)(sym)

#endif
