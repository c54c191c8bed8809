// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes spec/pcicap: a configuration space. */

#include "spec/pcicap.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_config config;

	if (pcicap_decode(data, size, &config) == 0) {
		MUST(size >= PCI_CONFIG_HEADER);
		MUST(config.class_id <= 0xffffff && config.header_type <= 0x7f);
		MUST(!config.is_express || config.capabilities.express);
		MUST(config.has_acs == (config.capabilities.acs != 0));
	}
	return 0;
}
