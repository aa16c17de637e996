/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for a kernel: what counts is its export table. */
#define EXPORT_SYMBOL(sym)								\
	static const void *const __ksymtab_##sym					\
	__attribute__((section("__ksymtab"), used)) = (const void *)&sym

int printk(const char *message) { return message != 0; }
EXPORT_SYMBOL(printk);
void *kmalloc(unsigned long size) { return (void *)size; }
EXPORT_SYMBOL(kmalloc);
void kfree(void *memory) { (void)memory; }
EXPORT_SYMBOL(kfree);
long ktime_get(void) { return 0; }
EXPORT_SYMBOL(ktime_get);
int __tracepoint_sensor;
EXPORT_SYMBOL(__tracepoint_sensor);
void __traceiter_sensor(void) { }
EXPORT_SYMBOL(__traceiter_sensor);
