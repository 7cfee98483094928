# What the network thinks of the plane, at six steps of its training.
set terminal svg size 640,460 dynamic enhanced font "Helvetica,13" background "#ffffff"
set datafile separator whitespace # as in the tables of contours
steps = "0 100 200 300 400 1000"
half = 7.5
at(i) = -half + 0.25 * i

# The boundary: where the probability is a half.
set contour base
unset surface
set cntrparam levels discrete 0.5
do for [k = 0:5] {
  eval sprintf("set table $boundary%d", k)
  splot "spirals_pictures.tsv" index k matrix using (at($1)):(at($2)):3
  unset table
}

set multiplot layout 2,3 margins 0.01,0.99,0.01,0.94 spacing 0.03,0.08
set xrange [-half:half]
set yrange [-half:half]
set size square
unset xtics
unset ytics
unset grid
set border 15 linecolor rgb "#000006"
blue(p) = p > 0.5
certain(p) = 150 * abs(2 * p - 1)
picture = '"spirals_pictures.tsv" index %d matrix using (at($1)):(at($2))' \
        . ':(blue($3) ? 48 : 222):(blue($3) ? 133 : 116):(blue($3) ? 204 : 52):(certain($3))' \
        . ' with rgbalpha, $boundary%d with lines linecolor rgb "#000000" linewidth 1, '
points = '"spirals_points.tsv" every ::1::97 with points linetype 1 pointsize 0.22, ' \
       . '"spirals_points.tsv" every ::98 with points linetype 2 pointsize 0.22'
do for [k = 0:5] {
  set title sprintf("step %s", word(steps, k + 1)) offset 0,-0.6
  eval "plot " . sprintf(picture, k, k) . points
}
unset multiplot
