# A fast wave, and the slow one through every fourth pixel.
set xlabel "pixel"
set yrange [-1.2:1.2]
set xrange [0:20]
plot "wave.tsv" using 1:2 with lines title "0.3 periods a pixel", \
     "wave.tsv" using 1:3 with lines title "0.05 periods a pixel", \
     "wave.tsv" using 1:3 every 80 with points pointtype 7 linecolor "black" title "every fourth pixel"
