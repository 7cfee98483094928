# The norm of the gradient against the steps back, for several spectral radii.
set logscale y
set format y "10^{%T}"
set xlabel "steps back, k"
set ylabel "|∂L/∂h_{T−k}|"
set yrange [1e-30:1e30]
set xrange [0:60]
set key at screen 0.99,0.95 top right reverse Left samplen 2
set rmargin 20
plot "jacobians.tsv" using 1:13 every ::1 with lines linetype 4 title "ρ = 3.0", \
     "" using 1:14 every ::1 with lines linetype 4 dashtype 2 notitle, \
     "" using 1:11 every ::1 with lines linetype 5 title "ρ = 1.5", \
     "" using 1:12 every ::1 with lines linetype 5 dashtype 2 notitle, \
     "" using 1:7 every ::1 with lines linetype 3 title "ρ = 1.0", \
     "" using 1:8 every ::1 with lines linetype 3 dashtype 2 notitle, \
     "" using 1:2 every ::1 with lines linetype 1 title "ρ = 0.5", \
     "" using 1:3 every ::1 with lines linetype 1 dashtype 2 notitle, \
     "" using 1:4 every ::1 with lines linetype 6 linewidth 1 title "bound, ρ = 0.5"
