# The pull-back of a lookup: rows go back to where they came from, and add.
unset border; unset tics; unset grid
set xrange [-2.2:10]; set yrange [-1.4:5.2]
set label "arrives at words" at 1,4.9 center
set label "for table" at 8,4.9 center
array words[5] = ["sun", "rain", "leaf", "snow", "sea"]
array ids[4] = [1, 5, 1, 4]
do for [i=1:4] {
  set label words[ids[i]] at -0.7,4.5-i right
  set arrow from 2.6,4.5-i to 5.3,5-ids[i] lw 1.2
}
do for [v=1:5] { set label words[v] at 6.3,5-v right }
plot "scatter.tsv" using ($4 > 0 ? $1 : NaN):2:(0.5):(0.5):4 with boxxyerror linecolor variable fillstyle transparent solid 0.35 border linecolor rgb "#000000", \
     "" using 1:2:(0.5):(0.5) with boxxyerror linecolor rgb "#000000" linewidth 0.6 fillstyle empty, \
     "" using 1:2:3 with labels font ",10"
