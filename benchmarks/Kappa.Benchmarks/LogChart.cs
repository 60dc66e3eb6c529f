using System.Globalization;
using System.Text;

namespace Kappa.Benchmarks;

/// <summary>Draws milliseconds over a number of processes that doubles, as SVG.</summary>
internal static class LogChart
{
    private const int Width = 720, Height = 380, Left = 60, Top = 20, Right = 190, Bottom = 45;
    private static readonly string[] Colors = ["#1f77b4", "#aec7e8", "#d62728", "#ff9896"];

    internal static string Draw(IReadOnlyList<(string Name, double[] Seconds)> curves)
    {
        int count = curves[0].Seconds.Length;
        double highest = curves.Max(curve => curve.Seconds.Max()) * 1.1;
        double X(int i) => Left + ((Width - Left - Right) * i / (count - 1.0));
        double Y(double seconds) => Height - Bottom - ((Height - Top - Bottom) * seconds / highest);
        var svg = new StringBuilder();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        for (int i = 0; i < count; i += 2)
            Add($"<text x=\"{X(i):0}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{1 << i}</text>");
        double tick = Math.Pow(10, Math.Floor(Math.Log10(highest / 2)));
        for (double value = 0; value < highest; value += tick)
        {
            Add($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.0}\" y2=\"{Y(value):0.0}\" stroke=\"#ddd\"/>");
            Add($"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.0}\" text-anchor=\"end\">{1e3 * value:0}</text>");
        }
        Add($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">processes, a core and a batch each</text>");
        Add($"<text x=\"14\" y=\"{Height / 2}\" transform=\"rotate(-90 14 {Height / 2})\" text-anchor=\"middle\">ms a step, predicted</text>");
        foreach (var (i, (name, seconds)) in curves.Index())
        {
            string points = string.Join(' ', seconds.Select((value, at) => string.Create(CultureInfo.InvariantCulture, $"{X(at):0.0},{Y(value):0.0}")));
            Add($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colors[i]}\" stroke-width=\"2\"/>");
            Add($"<text x=\"{Width - Right + 8}\" y=\"{Y(seconds[^1]) + 4:0.0}\" fill=\"{Colors[i]}\">{name}</text>");
        }
        return svg.Append("</svg>\n").ToString();

        void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
