/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux makes of the kernel parameters that bear on DMA, IOMMUs, PCI and VFIO: one
 * table, read off the functions that take them in its source.
 */
#pragma once

#include "base/util.h"

/* A release of Linux as one number that can be compared. */
#define LINUX(major, minor) ((unsigned int)(major) << 16 | (unsigned int)(minor))

/* How a value is taken apart. */
enum parameter_form {
	FORM_FLAG,  /* the name is enough, a value is ignored */
	FORM_BOOL,  /* a truth value; its options are "1" and "0" */
	FORM_VALUE, /* one value, and the last word has its way */
	FORM_LIST,  /* options with commas in between, over all occurrences */
	FORM_IDS,   /* VENDOR:DEVICE of PCI functions, with commas in between */
};

/* What options of one or several parameters decide among them. */
enum setting {
	SETTING_NONE,
	SETTING_IOMMU, /* of x86 as a whole */
	SETTING_VTD,
	SETTING_AMD_VI,
	SETTING_DOMAIN, /* type of default domains */
	SETTING_FLUSH,	/* when an unmapped address is forgotten */
	SETTING_INTERRUPTS,
	SETTING_WIDE_ADDRESSES,
	SETTING_SCALABLE,
	SETTING_TABLES, /* format of AMD-Vi page tables */
	SETTING_BOUNCE,
	SETTING_BOUNCE_SIZE,
	SETTING_DEBUG,
	SETTING_EARLY_DMA,
	SETTING_ENCRYPTION,
	SETTINGS
};

enum setting_value {
	SET_OFF,
	SET_ON,
	SET_TRANSLATED,
	SET_IDENTITY,
	SET_STRICT,
	SET_LAZY,
	SET_V1,
	SET_V2,
	SET_NUMBER, /* the number that stands there */
};

/* What has to be there for a parameter to act on. */
enum parameter_subject {
	ON_ANY,
	ON_VTD,
	ON_AMD_VI,
	ON_REMAPPING, /* either */
	ON_IOMMU,     /* one that is in use, of any kind */
	ON_SCALABLE,  /* a VT-d unit with scalable mode */
	ON_SMMU,
	ON_SMMU_V3,
	ON_INTEL_GRAPHICS, /* behind VT-d */
	ON_GART,
	ON_VIA_BRIDGE,
	ON_ATS,
	ON_THUNDERBOLT,
	ON_EFI,
	ON_SME,
	ON_UNSAFE_INTERRUPTS, /* of devices, that nothing checks */
	SUBJECTS
};

enum {
	ARCH_X86 = 1 << 0,
	ARCH_ARM64 = 1 << 1,
	ARCH_POWERPC = 1 << 2,
	ARCH_S390 = 1 << 3,
	ARCH_OTHER = 1 << 4,
};

enum option_flags {
	OPTION_NEVER = 1 << 0, /* people write it, Linux does not know or ignores it */
	OPTION_WHOLE =
		1 << 1, /* the whole word, where others are known by their beginning */
	OPTION_LAST = 1 << 2,	   /* Linux reads no further */
	OPTION_FINAL = 1 << 3,	   /* known only at the end of the list */
	OPTION_OLD = 1 << 4,	   /* works; `instead` is how it is written today */
	OPTION_FUNCTIONS = 1 << 5, /* a list of PCI functions follows */
};

/*
 * One option. The same text may stand in several lines, for different releases or
 * machines: the first that applies is meant.
 */
struct parameter_option {
	const char *text; /* "pt"; "#" is any number, "" anything */
	const char *does; /* a verb first; for OPTION_NEVER: why nothing happens */
	enum setting setting;
	enum setting_value value;
	enum parameter_subject on; /* besides that of the parameter */
	unsigned int since,
		until;	     /* releases: the first with it, the first without; or 0 */
	unsigned int maybe;  /* before `since`: from here on it may have it already */
	const char *kconfig; /* besides that of the parameter */
	const char *instead; /* what was probably meant, or what is to be used now */
	unsigned int flags;
};

enum parameter_flags {
	PARAMETER_LATE = 1 << 0,    /* read after the early ones: has its way over them */
	PARAMETER_MODULE = 1 << 1,  /* of a module, and shown in /sys/module */
	PARAMETER_INDEXED = 1 << 2, /* takes the old form NAME[INDEX]=VALUE too */
	PARAMETER_OTHERS = 1 << 3,  /* has options that have nothing to do with DMA */
	PARAMETER_PATCH = 1 << 4,   /* of a patch that Linux never took */
	PARAMETER_WEAKENS = 1 << 5, /* takes protection away where it is true */
};

struct kernel_parameter {
	const char *name;
	enum parameter_form form;
	unsigned int arches; /* 0 for all */
	enum parameter_subject on;
	const char *kconfig; /* the option that builds its code, or NULL */
	const char *source;  /* the file of Linux that reads it, or NULL */
	unsigned int flags;
	const struct parameter_option *options; /* ends with a NULL text */
};

/* Ends with a NULL name. */
extern const struct kernel_parameter kernel_parameters[];

/*
 * The parameter of that name, in which '-' and '_' are the same; or NULL. Of several with
 * one name it is that of an architecture (0: unknown), if it has one.
 */
const struct kernel_parameter *parameter_find(const char *name, size_t length,
					      unsigned int arch);

/* Is it "MODULE.x", of a module that has parameters in the table? */
bool parameter_of_known_module(const char *name, size_t length);

/* Module and parameter of PARAMETER_MODULE, as /sys/module spells them. */
void parameter_module(const struct kernel_parameter *parameter, char *ret_module,
		      size_t size, const char **ret_name);

/*
 * How much of a text an option explains: -1 where it is not that option, otherwise the
 * more the better.
 */
int parameter_option_fit(const struct kernel_parameter *parameter,
			 const struct parameter_option *option, const char *text,
			 size_t length);

/*
 * What somebody may have meant who wrote this word, which is no parameter that Linux
 * knows: a name of the table, or NAME=OPTION, in buffer; false where nothing is near.
 */
bool parameter_guess(const char *word, size_t length, char *buffer, size_t size);

/* The option of a list that somebody may have meant by a text, or NULL. */
const char *parameter_guess_option(const struct kernel_parameter *parameter,
				   const char *text);
