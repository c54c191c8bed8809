// SPDX-License-Identifier: GPL-2.0-or-later
/* The page around what is drawn as HTML, and its style. */

#include "output/html.h"
#include "output/markup.h"

/* Colours have a contrast of 4.5 to 1 at least, with the paper that they stand on. */
static const char style[] =
	":root{color-scheme:light dark;--ink:#1a1d21;--soft:#555d68;--paper:#fff;"
	"--card:#f6f7f9;--line:#d5dae1;--good:#006a4e;--warn:#7a5b00;--bad:#a3231f;"
	"--link:#0059a8}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1.2rem 1.5rem 3rem;max-width:1240px;"
	"background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;"
	"overflow-wrap:break-word}\n"
	"h1{font-size:1.7rem;margin:.2em 0 .4em;line-height:1.2}\n"
	"h2{font-size:1.3rem;margin:2.2em 0 .6em;padding-top:.6em;"
	"border-top:1px solid var(--line)}\n"
	"h3{font-size:1.05rem;margin:0 0 .4em;line-height:1.35}\n"
	"p{margin:.4em 0}\n"
	"a{color:var(--link)}\n"
	"code{font-size:.9em;display:block;padding:.2em .5em;background:var(--card);"
	"white-space:pre-wrap;overflow-wrap:anywhere}\n"
	"nav ul,.tiles{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;"
	"list-style:none}\n"
	".lead{font-size:1.35rem;font-weight:600;line-height:1.3}\n"
	".follows{font-size:1.1rem}\n"
	".note{display:block;color:var(--soft);font-size:.92em}\n"
	".good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}"
	".dim{color:var(--soft)}.unknown{color:var(--warn);font-weight:600}\n"
	"dl{display:grid;grid-template-columns:minmax(9em,max-content) 1fr;gap:.35em "
	"1.2em;margin:.8em 0}\n"
	"dt{color:var(--soft)}dt.sub{padding-left:1em}\n"
	"dd{margin:0;min-width:0;overflow-wrap:anywhere}\n"
	"header dl,.facts{font-size:.95rem}\n"
	".card{color:inherit;background:var(--card);border:1px solid var(--line);"
	"border-left:6px solid var(--line);border-radius:6px;padding:.8em 1.1em;"
	"margin:0 0 .9em}\n"
	".card.good{border-left-color:var(--good)}"
	".card.warn{border-left-color:var(--warn)}.card.bad{border-left-color:var(--bad)}"
	"\n"
	".card.bad>h3{color:var(--bad)}.card.warn>h3{color:var(--warn)}"
	".card.good>h3{color:var(--good)}\n"
	".card dl{margin:.4em 0 0}\n"
	".tiles{gap:.8rem;margin:1em 0}\n"
	".tiles li{flex:1 1 8.5rem;background:var(--card);border:1px solid var(--line);"
	"border-radius:6px;padding:.6em .9em;line-height:1.3}\n"
	".tiles b{display:block;font-size:1.6rem}\n"
	"ul{margin:.2em 0;padding-left:1.2em}\n"
	"td ul,th ul,dd ul{padding-left:1em}\n"
	".wide{overflow-x:auto;margin:.6em 0;border:1px solid var(--line);"
	"border-radius:6px}\n"
	"table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4}\n"
	"th,td{text-align:left;vertical-align:top;padding:.35em .7em;"
	"border-bottom:1px solid var(--line)}\n"
	"tbody tr:last-child>*{border-bottom:0}\n"
	"tbody th{font-weight:600;white-space:nowrap}\n"
	"td{min-width:5.4em;max-width:34em;overflow-wrap:break-word}\n"
	"thead th{background:var(--card);color:var(--soft);font-size:.8rem;"
	"white-space:nowrap}\n"
	".right{text-align:right}.long{min-width:14em}\n"
	"summary{cursor:pointer;padding:.3em 0;color:var(--link)}\n"
	".legend{list-style:none;padding:0;margin:.6em 0 1.2em;font-size:.9rem;"
	"columns:26rem}\n"
	".legend li{break-inside:avoid;padding-left:36px;text-indent:-36px}\n"
	".legend svg{display:inline;vertical-align:-2px;margin-right:6px}\n"
	".strips{columns:352px;column-gap:24px}\n"
	".strips h3{break-after:avoid;padding-top:.7em;margin:0}\n"
	".strips svg{display:block;max-width:100%;height:auto;break-inside:avoid}\n"
	"footer{margin-top:3em;color:var(--soft);font-size:.9rem}\n"
	"@media screen and (min-width:60em){"
	"header dl{grid-template-columns:repeat(3,max-content 1fr)}}\n"
	"@media (max-width:40em){body{padding:.8rem .8rem 2rem}"
	"dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6em}"
	".lead{font-size:1.2rem}.follows{font-size:1rem}"
	"h1{font-size:1.4rem}.card{padding:.7em .8em}.tiles li{flex-basis:7rem}}\n"
	"@media screen and (prefers-color-scheme:dark){:root{--ink:#e8eaed;"
	"--soft:#a7afba;--paper:#14171b;--card:#1d2127;--line:#3a414b;--good:#4fd1a5;"
	"--warn:#e8c14a;--bad:#ff8a80;--link:#7db8ff}}\n"
	"@media print{:root{color-scheme:light}"
	"body{max-width:none;padding:0;font-size:10.5pt}nav{display:none}"
	"h2,h3{break-after:avoid}tr,article,.tiles,svg{break-inside:avoid}"
	".tiles li{flex-basis:4.5rem;font-size:8pt;padding:.4em .6em}"
	"thead{display:table-header-group}.wide{overflow:visible;border:0}"
	"table{font-size:8pt}.long{min-width:7em}"
	"td{max-width:none;overflow-wrap:anywhere}"
	"thead th{font-size:7pt;white-space:normal}th,td{padding:.25em .4em}"
	"a{color:inherit;text-decoration:none}}\n";

void html_begin(FILE *stream, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" "
	      "/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\" />\n<title>",
	      stream);
	markup_put_text(stream, title, MARKUP_WHOLE);
	fputs("</title>\n<style>\n", stream);
	fputs(style, stream);
}

void html_begin_body(FILE *stream)
{
	fputs("</style>\n</head>\n<body>\n", stream);
}

void html_end(FILE *stream)
{
	fputs("</body>\n</html>\n", stream);
}
