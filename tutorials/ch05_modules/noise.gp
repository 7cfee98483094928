# What a rate leaves of the noise: the mean of w^2 over the steps.
set terminal svg size 640,320 dynamic enhanced font "Helvetica,13" background "#ffffff"
set logscale xy
set format y "10^{%T}"
set xrange [1:1000]
set yrange [0.004:12]
set xlabel "step, counted from 1"
set ylabel "mean of w^2"
set key bottom left reverse Left
names = '"lr 0.5" "lr 0.1" "lr 0.02" "" "lr 0.5, cosine"'
plot for [k in "1 2 3"] "noise.tsv" index (k - 1) using ($1 + 1):2 with lines linetype int(k) \
       title word(names, int(k)), \
     "noise.tsv" index 4 using ($1 + 1):2 with lines linecolor rgb "#000004" dashtype 2 \
       title "lr 0.5, cosine"
