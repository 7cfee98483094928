# The loss of two scores that lie a gap apart, in float: left the lower one is right, right the higher.
last(column) = sprintf("stats 'wrong.tsv' using (column(%d) == column(%d) ? $1 : NaN) every ::1 nooutput", column, column)
eval(last(2)); up = STATS_max
eval(last(3)); down = STATS_max
set multiplot layout 1,2
set xlabel "gap"
set key top left reverse Left samplen 2
set title "the lower score is right"
set xrange [0:120]; set yrange [0:170]
set ylabel "loss"
set arrow from up,0 to up,up nohead linetype 3 dashtype 2
set arrow from down,0 to down,down nohead linetype 2 dashtype 2
plot "wrong.tsv" using 1:4 every ::1 with lines linetype 1 linewidth 6 title "cross{/*0.6 \\_}entropy", \
     "" using 1:3 every ::1 with lines linetype 2 title "naive, scores 0, -gap", \
     "" using 1:2 every ::1 with lines linetype 3 title "naive, scores gap, 0"
unset arrow
set title "the higher score is right"
set xrange [0:25]; set yrange [1e-11:1]
unset ylabel
set logscale y
set format y "10^{%T}"
set key bottom left
plot "sure.tsv" using 1:4 every ::1 with lines linetype 4 title "with log1p", \
     "" using 1:3 every ::1 with lines linetype 1 linewidth 6 title "cross{/*0.6 \\_}entropy", \
     "" using 1:2 every ::1 with lines linetype 2 title "naive"
