/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include <linux/export.h>
#include <linux/module.h>

long ktime_get(void)
{
	return time(NULL);
}
EXPORT_SYMBOL(ktime_get);

void schedule(void)
{
}
EXPORT_SYMBOL(schedule);
