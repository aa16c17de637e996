/* SPDX-License-Identifier: Apache-2.0 */
/* What modpost generates for each module: the definition of its __this_module. */
#include <linux/module.h>

struct module __this_module = { "quickstart" };
