// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests spec/cmdline, spec/amdvi and spec/vtd: words, quotes, registers. */

#include "spec/amdvi.h"
#include "spec/cmdline.h"

#include "base/bits.h"
#include "base/text.h"
#include "tap.h"

/* The words of a command line as "name|name=value|…". */
static void words_are(const char *cmdline, const char *wanted)
{
	_cleanup_strbuf_ struct strbuf got = { 0 }, shown = { 0 };
	struct cmdline_word word;
	const char *rest = cmdline, *end = cmdline + strlen(cmdline);
	bool inside = true;

	while (cmdline_next(&rest, &word)) {
		strbuf_puts(&got, got.length > 0 ? "|" : "");
		strbuf_add(&got, word.name, word.name_length);
		if (word.value) {
			strbuf_puts(&got, "=");
			strbuf_add(&got, word.value, word.value_length);
			inside = inside && word.value + word.value_length <= end;
		}
		inside = inside && word.start >= cmdline &&
			 word.start + word.length <= end &&
			 word.name + word.name_length <= end && rest <= end;
	}
	strbuf_add_safe(&shown, cmdline);
	IS_TEXT(strbuf_text(&got), wanted, "command line «%s»", strbuf_text(&shown));
	OK(inside, "no word leaves the line");
}

static void test_cmdline(void)
{
	words_are("", "");
	words_are("   \t ", "");
	words_are("quiet", "quiet");
	words_are("iommu=pt", "iommu=pt");
	words_are(" iommu=pt  quiet ", "iommu=pt|quiet");
	words_are("intel_iommu=on,sm_on", "intel_iommu=on,sm_on");
	words_are("a=", "a=");
	words_are("=b", "=b");
	words_are("a=b=c", "a=b=c");
	words_are("a=\"b c\" d", "a=b c|d");
	words_are("\"a=b c\" d", "a=b c|d");
	words_are("\"a b\" c", "a b|c");
	words_are("a=\"b", "a=b");
	words_are("a=\"", "a=");
	words_are("\"", "");
	words_are("\"a", "a");
	words_are("a\"b c\"d=e f", "a\"b c\"d=e|f");
	words_are("iommu=pt -- iommu=off", "iommu=pt");
	words_are("-- iommu=off", "");
	words_are("--x a", "--x|a");
	words_are("a --", "a");
	words_are("a\nb\n", "a|b");
	words_are("a=\xff\x1b[2J b", "a=\xff\x1b[2J|b");
}

static void about(const char *name, bool wanted)
{
	OK(cmdline_is_about_dma(name, strlen(name)) == wanted, "%s is %sabout DMA", name,
	   wanted ? "" : "not ");
}

static void test_about_dma(void)
{
	about("iommu", true);
	about("iommu.passthrough", true);
	about("iommu.", false);
	about("intel_iommu", true);
	about("amd_iommu", true);
	about("intel-iommu", true);
	about("swiotlb", true);
	about("vfio_pci.ids", true);
	about("vfio-pci.ids", true);
	about("pci", true);
	about("root", false);
	about("BOOT_IMAGE", false);
	about("password", false);
	about("rd.luks.uuid", false);
	about("iommux", false);
	about("", false);
	OK(cmdline_is_about_dma("iommu=pt", 5),
	   "the length counts, not the end of the text");
}

static void features_are(const char *text, int status, uint64_t efr, uint64_t efr2,
			 bool has)
{
	uint64_t got_efr = 1, got_efr2 = 1;
	bool got_has = !has;
	int r = amdvi_parse_features(text, &got_efr, &got_efr2, &got_has);

	if (status < 0)
		OK(r == status && got_efr == 1 && got_efr2 == 1 && got_has == !has,
		   "features '%s' are refused, nothing touched", text);
	else
		OK(r == 0 && got_efr == efr && (!has || got_efr2 == efr2) &&
			   got_has == has,
		   "features '%s'", text);
}

static void test_amdvi(void)
{
	features_are("246577efa2254afa", 0, 0x246577efa2254afa, 0, false);
	features_are("0x246577efa2254afa", 0, 0x246577efa2254afa, 0, false);
	features_are("246577efa2254afa:10", 0, 0x246577efa2254afa, 0x10, true);
	features_are("10:246577efa2254afa", 0, 0x246577efa2254afa, 0x10, true);
	features_are("0:246577efa2254afa", 0, 0x246577efa2254afa, 0, true);
	features_are("246577efa2254afa:0", 0, 0x246577efa2254afa, 0, true);
	features_are("0", 0, 0, 0, false);
	features_are("", -EINVAL, 0, 0, false);
	features_are(":", -EINVAL, 0, 0, false);
	features_are("1:", -EINVAL, 0, 0, false);
	features_are(":1", -EINVAL, 0, 0, false);
	features_are("1:2:3", -EINVAL, 0, 0, false);
	features_are("g:1", -EINVAL, 0, 0, false);
	features_are("1 2", -EINVAL, 0, 0, false);
	features_are("11111111111111111:0", -EINVAL, 0, 0, false);
	features_are("1111111111111111111111111111111111111111:0", -EINVAL, 0, 0, false);
	IS(amdvi_address_width(0), 48, "HATS 00b: four levels");
	IS(amdvi_address_width(1 << 10), 57, "HATS 01b: five levels");
	IS(amdvi_address_width(2 << 10), 64, "HATS 10b: six levels");
	IS(amdvi_address_width(3 << 10), 0, "HATS 11b is reserved");
}

/* Names are what people grep for: none twice, none twice for one bit. */
static void table_is_sane(const struct register_bit *table, const char *name)
{
	size_t wrong = 0, count = 0;

	for (const struct register_bit *a = table; a->name; a++, count++) {
		wrong += a->number > 63 || a->name[0] == '\0' || !a->help || !a->help[0];
		for (const struct register_bit *b = table; b < a; b++)
			wrong += a->number == b->number || streq(a->name, b->name);
	}
	OK(wrong == 0 && count > 5, "%zu bits of %s: numbers and names are unique", count,
	   name);
}

static void test_vtd(void)
{
	uint64_t sizes[4];

	IS(vtd_address_width(0), 1, "MGAW 0 is one bit");
	IS(vtd_address_width(0x2full << 16), 48, "MGAW 2Fh is 48 bits");
	IS(vtd_address_width(UINT64_MAX), 64, "MGAW 3Fh is 64 bits");
	vtd_page_sizes(0, sizes);
	OK(sizes[0] == 4096 && sizes[1] == 0, "SSLPS 0: 4K alone");
	vtd_page_sizes(1ull << 34, sizes);
	OK(sizes[0] == 4096 && sizes[1] == 2 << 20 && sizes[2] == 0,
	   "SSLPS 1: 2M as well");
	vtd_page_sizes(1ull << 35, sizes);
	OK(sizes[0] == 4096 && sizes[1] == 1 << 30 && sizes[2] == 0,
	   "SSLPS 2: 1G as well");
	vtd_page_sizes(UINT64_MAX, sizes);
	OK(sizes[1] == 2 << 20 && sizes[2] == 1 << 30 && sizes[3] == 0, "all of them");
	table_is_sane(vtd_cap_bits, "CAP");
	table_is_sane(vtd_ecap_bits, "ECAP");
	table_is_sane(amdvi_efr_bits, "EFR");
}

int main(void)
{
	test_cmdline();
	test_about_dma();
	test_amdvi();
	test_vtd();
	return tap_end();
}
