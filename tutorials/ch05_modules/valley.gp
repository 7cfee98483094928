# Three ways down the same valley, and its lines of equal height.
set terminal svg size 640,500 dynamic enhanced font "Helvetica,13" background "#ffffff"
names = '"gradient descent, lr 2/26" "momentum 4/9, lr 1/9" "Adam, lr 0.5"'
set parametric
set trange [0:2*pi]
set xrange [-11:4]
set yrange [-2.4:2.4]
set ytics -2,1,2
unset grid
set multiplot layout 3,1 margins 0.05,0.98,0.06,0.94 spacing 0,0.07
do for [k = 1:3] {
  set title word(names, k) offset 0,-0.7
  if (k == 3) { set format x "%g" } else { set format x "" }
  plot for [r in "1 3 5 7 9 11 13"] r * cos(t), r / 5.0 * sin(t) \
         with lines linecolor rgb "#000006" linewidth 0.6, \
       "valley.tsv" index (k - 1) using 1:2 with linespoints linetype k linewidth 1.5 pointsize 0.35
}
unset multiplot
