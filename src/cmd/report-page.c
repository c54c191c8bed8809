// SPDX-License-Identifier: GPL-2.0-or-later
/* The page of a report: what stands in it, in which order. */

#include "audit/audit.h"
#include "cmd/report.h"
#include "output/html.h"
#include "output/markup.h"

/* A longer table is to be opened; a longer list of what was unread is cut. */
enum { ROWS_OPEN = 64, UNREAD_MAX = 500 };

struct page {
	struct context *context;
	struct system *system;
	FILE *stream;
	struct output output;
	const struct list *findings; /* all of them */
	size_t counts[FINDING_SUPPRESSED + 1];
	enum mood worst; /* of what fails */
};

static const struct {
	const char *name, *heading;
} sections[] = {
	{ "status", "Status" },	    { "findings", "Findings" },
	{ "topology", "Topology" }, { "groups", "IOMMU groups" },
	{ "devices", "Devices" },   { "units", "IOMMU units" },
	{ "tables", "Firmware" },   { "unread", "What could not be seen" },
};

static void begin_section(const struct page *page, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (streq(sections[i].name, name))
			html_begin_section(page->stream, name, sections[i].heading);
}

static int put_table(const struct page *page, const struct record *record,
		     const struct list *objects, const char *columns)
{
	struct output output = page->output;
	struct sheet sheet = { record, objects };

	output.columns = columns;
	return html_write_table(&output, &sheet);
}

/* The same, folded where it is long. */
static int put_long_table(const struct page *page, const struct record *record,
			  const struct list *objects, const char *columns,
			  const char *noun)
{
	_cleanup_strbuf_ struct strbuf summary = { 0 };
	int r;

	if (objects->count <= ROWS_OPEN)
		return put_table(page, record, objects, columns);
	strbuf_printf(&summary, "All %zu %s", objects->count, noun);
	html_begin_details(page->stream, strbuf_text(&summary));
	r = put_table(page, record, objects, columns);
	html_end_details(page->stream);
	return r;
}

static void put_contents(const struct page *page)
{
	FILE *stream = page->stream;

	fputs("<nav aria-label=\"Contents\"><ul>\n", stream);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		fprintf(stream, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].name,
			sections[i].heading);
	fputs("</ul></nav>\n", stream);
}

static int put_head(const struct page *page)
{
	const char *host = known_text(page->system->host.hostname);
	struct output output = page->output;
	struct list head = { 0 };
	int r;

	output.columns = "hostname,kernel,arch,time,live,root";
	list_add(&page->system->arena, &head, &page->system->host);
	fputs("<header>\n<h1>DMA report", page->stream);
	if (host) {
		fputs(": ", page->stream);
		markup_put_text(page->stream, host, MARKUP_WHOLE);
	}
	fputs("</h1>\n", page->stream);
	r = html_write_facts(&output, &(struct sheet){ &host_record, &head });
	fprintf(page->stream, "<p class=\"note\">Written by dmascope %s.</p>\n",
		page->output.version);
	put_contents(page);
	fputs("</header>\n<main>\n", page->stream);
	return r;
}

static void put_tile(const struct page *page, const char *number, const char *text,
		     enum mood mood)
{
	fprintf(page->stream, "<li><b class=\"%s\">", html_mood(mood));
	markup_put_text(page->stream, number, MARKUP_WHOLE);
	fputs("</b> ", page->stream);
	markup_put_text(page->stream, text, MARKUP_WHOLE);
	fputs("</li>\n", page->stream);
}

/* A count of the status as a tile; bad where it is known and not zero. */
static void put_count(const struct page *page, const char *key, const char *text,
		      bool bad)
{
	const struct field *field = record_find(&status_record, key, strlen(key));
	_cleanup_strbuf_ struct strbuf number = { 0 };
	struct value value;
	enum mood mood = MOOD_NONE;

	record_get(field, &page->system->status, &value);
	value_add_text(field, &value, false, &number);
	if (value.state != FACT_KNOWN)
		mood = MOOD_WARN;
	else if (bad)
		mood = value.count > 0 ? MOOD_BAD : MOOD_GOOD;
	put_tile(page, strbuf_text(&number), text, mood);
}

static void put_findings_count(const struct page *page, enum finding_status status,
			       const char *text, enum mood mood)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", page->counts[status]);
	put_tile(page, number, text, page->counts[status] > 0 ? mood : MOOD_NONE);
}

static int put_status(const struct page *page)
{
	struct status *status = &page->system->status;
	struct list objects = { 0 };
	int r;

	list_add(&page->system->arena, &objects, status);
	begin_section(page, "status");
	fputs("<ul class=\"tiles\">\n", page->stream);
	put_count(page, "devices", "PCI functions", false);
	put_count(page, "bus_masters", "of them bus masters", false);
	put_count(page, "bus_masters_untranslated",
		  "bus masters that reach memory untranslated", true);
	put_count(page, "groups", "IOMMU groups", false);
	put_findings_count(page, FINDING_FAIL, "findings of the audit", page->worst);
	put_findings_count(page, FINDING_UNKNOWN, "questions it could not answer",
			   MOOD_WARN);
	fputs("</ul>\n", page->stream);
	r = html_write_cards(&page->output, &(struct sheet){ &status_record, &objects });
	html_end_section(page->stream);
	return r;
}

/* Joined findings of one status. */
static void choose(const struct page *page, enum finding_status status, struct list *ret)
{
	struct list chosen = { 0 };

	LIST_FOR_EACH (page->findings, const struct finding, finding)
		if (finding->status.value == (int)status)
			list_add(&page->system->arena, &chosen, finding);
	audit_join(page->system, &chosen, ret);
}

/* Where findings were joined, which leaves some of what they say out: each of them. */
static int put_each_finding(const struct page *page)
{
	struct list each = { 0 };
	_cleanup_strbuf_ struct strbuf summary = { 0 };
	int r;

	LIST_FOR_EACH (page->findings, const struct finding, finding)
		if (finding->status.value <= FINDING_UNKNOWN)
			list_add(&page->system->arena, &each, finding);
	strbuf_printf(&summary, "All %zu findings, one by one", each.count);
	html_begin_details(page->stream, strbuf_text(&summary));
	r = put_table(page, &finding_record, &each,
		      "title,severity,subject,evidence,remedy");
	html_end_details(page->stream);
	return r;
}

static int put_findings(const struct page *page)
{
	static const struct {
		enum finding_status status;
		const char *summary;
	} folded[] = {
		{ FINDING_PASS, "checks that pass" },
		{ FINDING_NOT_APPLICABLE, "checks that do not apply here" },
	};
	size_t told = 0;
	int r = 0;

	begin_section(page, "findings");
	html_put_paragraph(page->stream, "follows",
			   audit_sum_up(page->system, page->findings));
	for (int status = FINDING_FAIL; status <= FINDING_UNKNOWN && r == 0; status++) {
		struct list chosen = { 0 };

		choose(page, (enum finding_status)status, &chosen);
		told += chosen.count;
		r = html_write_cards(&page->output,
				     &(struct sheet){ &finding_record, &chosen });
	}
	for (size_t i = 0; i < ARRAY_SIZE(folded) && r == 0; i++) {
		_cleanup_strbuf_ struct strbuf summary = { 0 };
		struct list chosen = { 0 };

		choose(page, folded[i].status, &chosen);
		if (chosen.count == 0)
			continue;
		strbuf_printf(&summary, "%zu %s", chosen.count, folded[i].summary);
		html_begin_details(page->stream, strbuf_text(&summary));
		r = put_table(page, &finding_record, &chosen,
			      "title,id,subject,evidence");
		html_end_details(page->stream);
	}
	if (r == 0 && page->counts[FINDING_FAIL] + page->counts[FINDING_UNKNOWN] > told)
		r = put_each_finding(page);
	html_end_section(page->stream);
	return r;
}

static void put_topology(const struct page *page)
{
	struct diagram diagram;

	report_draw(page->system, &diagram);
	begin_section(page, "topology");
	html_put_paragraph(page->stream, "",
			   "What hangs on what, and what each is kept to. A stack of "
			   "boxes stands for as many as it says; all of them are in the "
			   "lists below.");
	diagram_write_html(page->stream, &diagram);
	html_end_section(page->stream);
}

static int put_tables(const struct page *page)
{
	const struct list *tables = &page->system->tables;
	int r = 0;

	begin_section(page, "tables");
	LIST_FOR_EACH (tables, struct firmware_table, table)
		firmware_table_finish(&page->system->arena, table);
	if (tables->count == 0)
		html_put_paragraph(page->stream, "",
				   page->system->tables_state == FACT_KNOWN ||
						   page->system->tables_state ==
							   FACT_ABSENT
					   ? "No table of the firmware describes DMA "
					     "remapping."
					   : "The tables could not be read.");
	else
		r = put_table(page, &firmware_table_record, tables,
			      "signature,file,length,revision,oem_id,oem_table_id,"
			      "checksum_ok,structures");
	LIST_FOR_EACH (tables, const struct firmware_table, table) {
		if (r < 0 || table->problems.list.count == 0)
			continue;
		fputs("<h3>What is wrong in ", page->stream);
		markup_put_text(page->stream, table->file, MARKUP_WHOLE);
		fputs("</h3>\n", page->stream);
		r = put_long_table(page, &table_problem_record, &table->problems.list,
				   NULL, "problems");
	}
	html_end_section(page->stream);
	return r;
}

static int put_unread(const struct page *page)
{
	struct list shown = page->system->unread;
	_cleanup_strbuf_ struct strbuf rest = { 0 };
	int r = 0;

	begin_section(page, "unread");
	if (shown.count > UNREAD_MAX)
		strbuf_printf(&rest, "and %zu more, which dmascope status --json names",
			      shown.count - UNREAD_MAX);
	shown.count = MIN(shown.count, (size_t)UNREAD_MAX);
	if (shown.count == 0)
		html_put_paragraph(page->stream, "good",
				   "All that this report is made of could be read.");
	else
		r = put_long_table(page, &unread_record, &shown, NULL, "places");
	if (rest.length > 0)
		html_put_paragraph(page->stream, "warn", strbuf_text(&rest));
	html_end_section(page->stream);
	return r;
}

/* A list of the machine; `state` is that of the place where it was looked for. */
static int put_list(const struct page *page, const char *name,
		    const struct record *record, const struct list *objects,
		    const char *columns, enum fact_state state)
{
	bool none = state == FACT_KNOWN || state == FACT_ABSENT;
	int r = 0;

	begin_section(page, name);
	if (objects->count > 0)
		r = put_long_table(page, record, objects, columns, name);
	else
		html_put_paragraph(page->stream, none ? "" : "warn",
				   none ? "The machine has none."
					: "Whether there are any could not be seen.");
	html_end_section(page->stream);
	return r;
}

static int put_lists(const struct page *page)
{
	const struct system *system = page->system;
	int r = put_list(page, "groups", &group_record, &system->groups,
			 "id,type,owner,isolated,isolated_why,devices,why,"
			 "reserved_regions",
			 system->groups_state);

	if (r == 0)
		r = put_list(page, "devices", &device_record, &system->devices,
			     "+translation_why", system->devices_state);
	if (r == 0)
		r = put_list(page, "units", &unit_record, &system->units, NULL,
			     system->units_state);
	return r;
}

static void put_foot(const struct page *page)
{
	fputs("</main>\n<footer>\n", page->stream);
	html_put_paragraph(
		page->stream, "",
		"In tables - means that the machine has no such thing, and ? that "
		"it could not be seen.");
	fputs("</footer>\n", page->stream);
}

static void note_finding(struct page *page, const struct finding *finding)
{
	/* The worst come first. */
	if (finding->status.value == FINDING_FAIL && page->counts[FINDING_FAIL] == 0)
		page->worst = severity_names[finding->severity.value].mood;
	page->counts[finding->status.value]++;
}

int report_write_page(struct context *context, const struct list *findings, FILE *stream)
{
	struct page page = {
		.context = context,
		.system = &context->system,
		.stream = stream,
		.output = context->output,
		.findings = findings,
	};
	const char *host = known_text(page.system->host.hostname);
	int r;

	page.output.stream = stream;
	page.output.human = true;
	LIST_FOR_EACH (findings, const struct finding, finding)
		note_finding(&page, finding);
	html_begin(stream, arena_printf(&page.system->arena, "DMA report%s%s",
					host ? ": " : "", host ? host : ""));
	diagram_put_style(stream);
	html_begin_body(stream);
	r = put_head(&page);
	if (r == 0)
		r = put_status(&page);
	if (r == 0)
		r = put_findings(&page);
	put_topology(&page);
	if (r == 0)
		r = put_lists(&page);
	if (r == 0)
		r = put_tables(&page);
	if (r == 0)
		r = put_unread(&page);
	put_foot(&page);
	html_end(stream);
	return r;
}
