# What all plots of the book share: gnuplot -e "narrow = 0" plot_style.gp CHAPTER/name.gp, in the chapter's
# out/. Each is drawn again with narrow = 1, 380 pixels wide, for phones: there `if (narrow) { ... }` can
# leave something out. The legend stands above the plot (figure.py), unless `set key` says inside, outside
# or at. Black becomes the colour of the text; #000001 to #000006 become the theme's palette (book.css).
if (narrow) {
  set terminal svg size 380,narrow_height dynamic enhanced font "Helvetica,12" background "#ffffff"
} else {
  set terminal svg size 640,360 dynamic enhanced font "Helvetica,13" background "#ffffff"
}
set border 3 linecolor rgb "#000000" linewidth 0.8
set tics nomirror out scale 0.6
set grid linetype 1 linecolor rgb "#000009" linewidth 0.7
set linetype 1 linecolor rgb "#000001" linewidth 2 pointtype 7 pointsize 0.5
set linetype 2 linecolor rgb "#000002" linewidth 2 pointtype 7 pointsize 0.5
set linetype 3 linecolor rgb "#000003" linewidth 2 pointtype 7 pointsize 0.5
set linetype 4 linecolor rgb "#000004" linewidth 2 pointtype 7 pointsize 0.5
set linetype 5 linecolor rgb "#000005" linewidth 2 pointtype 7 pointsize 0.5
set linetype 6 linecolor rgb "#000006" linewidth 2 pointtype 7 pointsize 0.5
set key noautotitle above horizontal
set datafile separator tab
