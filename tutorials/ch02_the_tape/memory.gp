# What a tape of 100 operations holds, while it is written and while it is walked back.
set xlabel "steps: 100 forward, 100 back"
set ylabel "megabytes"
set xrange [0:200]
set yrange [0:9]
set key off
set label "forward: values" at 52,1.2 left
set label "backward: gradients" at 95,7.2 right
set arrow from 100,0 to 100,9 nohead linetype 6 dashtype 2
plot "memory.tsv" using 1:2 every ::1 with lines
