/*
 * Automatically generated file; DO NOT EDIT.
 */

#define __KSYM_always_exported 1
#define __KSYM_module_layout 1
#define __KSYM_register_driver 1
