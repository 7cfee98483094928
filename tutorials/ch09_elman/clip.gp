# The norm of the gradient against the steps back, clipped in every step and not.
set logscale y
set format y "10^{%T}"
set xlabel "steps back, k"
set ylabel "|∂L/∂h_{T−k}|"
set yrange [1e-2:1e8]
set xrange [0:60]
set key top left reverse Left
plot "clip.tsv" using 1:2 every ::1 with lines title "not clipped", \
     "" using 1:3 every ::1 with lines title "clipped at 1", \
     "" using 1:4 every ::1 with lines title "clipped at 0.1", \
     "" using 1:5 every ::1 with lines title "clipped at 0.01"
