# What is taken for what: of each true tag (a row), the share that got another tag (a column). 17
# tags: each 18th line is one of the diagonal.
set key off
set grid xtics ytics
unset border
set tics scale 0
if (narrow) { set terminal svg size 380,400 dynamic enhanced font "Helvetica,10" background "#ffffff" } else { set terminal svg size 640,480 dynamic enhanced font "Helvetica,13" background "#ffffff" }
set lmargin 11
set xtics rotate by 90 right
set xlabel "what the tagger said"
set ylabel "true tag"
set yrange [16.7:-0.7]
set xrange [-0.7:16.7]
size(p) = (narrow ? 0.25 : 0.36) * sqrt(p)
plot "confusion.tsv" every 18::1 using 1:2:xtic(5):ytic(4) with points pointtype 4 pointsize (narrow ? 0.6 : 0.9) linecolor rgb "#000001", \
     "confusion.tsv" every ::1 using 1:($1 == $2 || $3 < 0.5 ? NaN : $2):(size($3)) with points pointtype 7 pointsize variable linecolor rgb "#000002"
