/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of VFIO there is on a machine, and how its owner changes settings. */
#pragma once

#include "base/fact.h"

/* "options vfio-pci ids=10de:2204" of modprobe.d: one for each word behind the module. */
struct module_option {
	const char *file;	  /* the path that it stands in */
	const char *module;	  /* with "_" for "-" */
	const char *name, *value; /* the value is empty without "=" */
};

struct vfio {
	enum fact_state options_state;
	struct list options;	      /* struct module_option, of the modules of VFIO */
	struct fact_bool iommufd;     /* /dev/iommu */
	struct fact_u64 memlock;      /* bytes; absent where there is no limit */
	struct fact_bool may_lock;    /* any amount, by CAP_IPC_LOCK */
	struct fact_bool driverctl;   /* the program is installed */
	struct fact_str os, os_like;  /* ID and ID_LIKE of /etc/os-release */
	struct fact_bool no_denylist; /* of vfio-pci; absent where it is not loaded */
	struct fact_bool kernel_cmdline; /* /etc/kernel/cmdline is there */
	struct fact_bool grub;		 /* /etc/default/grub is there */
	struct fact_bool ostree;	 /* the system was started by ostree */
};
