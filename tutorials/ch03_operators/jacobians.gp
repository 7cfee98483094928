# Where the Jacobians of the example's operators are not zero.
set terminal svg size 640,230 dynamic enhanced font "Helvetica,12" background "#ffffff"
unset border; unset tics; unset grid
set size ratio -1
set xrange [-1:67]; set yrange [-15.5:4]
array titles[6] = ["sigmoid", "+ bias", "mean", "softmax", "matmul", "embedding"]
array wide[6] = [6, 4, 12, 8, 12, 15]
left = 0.0
do for [k=1:6] {
  set label titles[k] at left + wide[k] / 2.0 - 0.5, 2 center
  left = left + wide[k] + 2
}
plot "jacobians.tsv" using ($4 > 0 ? $1 : NaN):2:(0.5):(0.5):4 with boxxyerror linecolor variable fillstyle solid, \
     "" using 1:2:(0.5):(0.5) with boxxyerror linecolor rgb "#000000" linewidth 0.3 fillstyle empty
