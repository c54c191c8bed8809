// SPDX-License-Identifier: GPL-2.0-or-later
/* The results of a benchmark as pictures: below the table, and in a file. */

#include <langinfo.h>

#include "base/file.h"
#include "cmd/bench-plots.h"
#include "cmd/bench.h"

int bench_draw(struct context *context, const struct list *results, bool plot,
	       const char *svg)
{
	_cleanup_fclose_ FILE *file = NULL;
	struct list plots = { 0 };

	if (!svg && !plot)
		return EXIT_ANSWERED;
	bench_plots(&context->system.arena, results, &plots);
	if (plot && is_text(context))
		LIST_FOR_EACH (&plots, const struct plot, one) {
			fputc('\n', stdout);
			plot_write_text(stdout, one, output_width(&context->output),
					streq(nl_langinfo(CODESET), "UTF-8"),
					output_has_colors(&context->output));
		}
	if (!svg)
		return EXIT_ANSWERED;
	file = create_named_file(svg);
	if (file)
		plot_write_svg(file, &plots);
	if (!file || fflush(file) != 0 || ferror(file)) {
		complain("%s: %s", svg, strerror(errno));
		return EXIT_TROUBLE;
	}
	return EXIT_ANSWERED;
}
