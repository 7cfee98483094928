# The pull-back of matrix + row: what arrives goes to the matrix as it is, and to the row summed.
unset border; unset tics; unset grid
set xrange [-1:11]; set yrange [-1.1:4.3]
set label "arrives at logits" at 1.5,4 center
set label "for products: as it is" at 8.5,4 center
set label "for bias: every column summed" at 4.1,0 left
set arrow from 3.8,2.5 to 6.2,2.5 lw 1.2
do for [j=0:3] { set arrow from j,1.4 to j,0.6 lw 1.2 }
plot "sum.tsv" using 1:2:(0.5):(0.5):4 with boxxyerror linecolor variable fillstyle transparent solid 0.35 border linecolor rgb "#000000" , \
     "" using 1:2:3 with labels font ",10"
