// SPDX-License-Identifier: GPL-2.0-or-later
/* mkdump LINES [A|B|C]: a list of DMA mappings as three generations print it. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const drivers[] = { "nvme",	   "mlx5_core", "ixgbe",
				       "xhci_hcd", "ahci",	"i40e" };
static const char *const types[] = { "single", "scatter-gather", "coherent" };
static const char *const old_types[] = { "single", "scather-gather", "coherent" };
static const char *const directions[] = { "DMA_TO_DEVICE", "DMA_FROM_DEVICE",
					  "DMA_BIDIRECTIONAL" };
static const char *const checks[] = { "dma map error check not applicable",
				      "dma map error not checked",
				      "dma map error checked" };

/* The same every time (Marsaglia, Xorshift RNGs, 2003). */
static uint64_t chance(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void print_line(uint64_t number, char generation)
{
	uint64_t random = chance(), length = 1 + (random >> 5) % 4096;
	unsigned int device = random % 24, type = (random >> 8) % 3;
	uint64_t physical =
		0x100000000 + ((random >> 20) % (UINT64_C(1) << 34) & ~0xfffull);
	uint64_t address = 0xffffffff - (number % 1000000) * 0x1000;
	unsigned int checked = type == 2 ? 0 : (random >> 16) % 8 ? 2 : 1;
	char name[16];

	if (type == 2)
		length = 0x10000;
	snprintf(name, sizeof(name), "0000:%02x:00.%u", device / 6 + 1, device % 6);
	printf("%s %s %s idx %u ", generation == 'A' ? name : drivers[device % 6],
	       generation == 'A' ? drivers[device % 6] : name,
	       generation == 'A' ? old_types[type] : types[type],
	       (unsigned int)(address >> 13) & 16383);
	if (generation == 'C')
		printf("P=0x%016" PRIx64, physical);
	else
		printf("P=%" PRIx64 " N=%" PRIx64, physical, physical >> 12);
	printf(" D=%" PRIx64 " L=%" PRIx64, address, length);
	if (generation != 'A')
		printf(" cln=0x%016" PRIx64, physical >> 6);
	printf(" %s %s\n", directions[(random >> 12) % 3], checks[checked]);
}

int main(int argc, char **argv)
{
	uint64_t lines = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	char generation = argc > 2 ? argv[2][0] : 'C';

	if (lines == 0 || generation < 'A' || generation > 'C') {
		fprintf(stderr, "Usage: mkdump LINES [A|B|C]\n");
		return 2;
	}
	for (uint64_t i = 0; i < lines; i++)
		print_line(i, generation);
	return fflush(stdout) == 0 ? 0 : 2;
}
