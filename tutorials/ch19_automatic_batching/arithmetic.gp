# Right values against the depth of the tree: depths 1 to 4 were learnt.
set xlabel "depth of the tree"
set ylabel "right, %"
set xrange [0.7:12.3]
set yrange [0:102]
set xtics 1
set arrow from 4.5, graph 0 to 4.5, graph 1 nohead dashtype 2 linecolor rgb "#000009"
set label "learnt" at 4.4, 8 right
set label "deeper" at 4.6, 8 left
plot "arithmetic.tsv" using 1:2:3:4 every ::1 with yerrorbars linetype 1 notitle, \
     "arithmetic.tsv" using 1:2 every ::1 with linespoints linetype 1 title "tree LSTM", \
     "arithmetic.tsv" using 1:5:6:7 every ::1 with yerrorbars linetype 2 notitle, \
     "arithmetic.tsv" using 1:5 every ::1 with linespoints linetype 2 title "LSTM over symbols", \
     "arithmetic.tsv" using 1:8 every ::1 with lines linetype 6 linewidth 1 dashtype 2 title "a guess by the root"
