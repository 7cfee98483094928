# Ten steps of gradient descent on w^2 / 2, at three learning rates.
set terminal svg size 640,250 dynamic enhanced font "Helvetica,13" background "#ffffff"
set datafile separator whitespace # as in the tables of points
rates = "0.1 0.8 2.1"
words = '"0.1: creeps" "0.8: arrives" "2.1: jumps out"'
set xrange [-3.2:3.2]
set yrange [0:5.2]
set samples 200
set table $curve
plot x**2 / 2
unset table
set samples 11
set table $steps
plot [0:10] [0:10] x
unset table

set ytics 0,2,4
set xlabel "w"
set multiplot layout 1,3 margins 0.06,0.98,0.2,0.88 spacing 0.05,0
do for [k = 1:3] {
  set title word(words, k) offset 0,-0.5
  if (k > 1) { set format y "" }
  start = k == 3 ? -1.2 : -3
  way(t) = start * (1 - word(rates, k)) ** t
  plot $curve using 1:2 with lines linetype 6 linewidth 1.2, \
       $steps using (way($1)):(way($1)**2 / 2) with linespoints linetype (k == 3 ? 2 : 1) \
         linewidth 1.2 pointsize 0.5
}
unset multiplot
