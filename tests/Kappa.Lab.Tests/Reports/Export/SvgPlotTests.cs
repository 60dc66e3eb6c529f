using System.Globalization;
using System.Xml.Linq;

namespace Kappa.Lab.Tests.Reports.Export;

/// <summary>The positions are held against what the labels of the axes say, read back from the file alone.</summary>
public sealed class SvgPlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<double[], double[], bool, bool> Curves => new()
    {
        { [0, 1, 2, 3], [0.5, -0.25, 4, 1], false, false },
        { [1, 10, 100, 5000], [1e-7, 3e-4, 0.02, 9], true, true },
        { [1, 2, 3], [0.3, 0.7, 5.5], false, true },
        { [1e-9, 2e-9, 3.5e-9], [1.5e12, 1.75e12, 2.25e12], false, false },
        { [1000, 250000], [-3e-12, 4e-12], false, false },
        { [5], [7], true, true },
        { [-1e308, 1e308], [0, 5e-300], false, false },
        { [0, 1], [3, 3], false, true },
        { [0.1, 0.2, 0.30000000000000004], [99.99, 100, 100.01], false, false },
        { [1, 1e100], [1e-300, 1e300], true, true },
    };

    [Theory]
    [MemberData(nameof(Curves))]
    public void Points_lie_where_the_labels_of_the_axes_say(double[] x, double[] y, bool logX, bool logY)
    {
        var root = Drawn(new LinePlot("t", "x", "y", [new PlotLine("a", x, y)]) { LogX = logX, LogY = logY });
        var (toX, toY) = (Scale(root, "x", horizontal: true), Scale(root, "y", horizontal: false));
        (double X, double Y)[] points = Points(Line(root, "a"));
        Assert.Equal(x.Length, points.Length);
        foreach (var (i, point) in points.Index())
        {
            Assert.Equal(toX(x[i]), point.X, 0.02);
            Assert.Equal(toY(y[i]), point.Y, 0.02);
            Assert.InRange(point.X, 0, Number(root, "width"));
            Assert.InRange(point.Y, 0, Number(root, "height"));
        }
        var markers = Line(root, "a").Elements(Svg + "path").Where(path => (string?)path.Attribute("class") == "point").ToArray();
        Assert.Equal(points.Select(point => FormattableString.Invariant($"translate({point.X} {point.Y})")), markers.Select(Transform));
    }

    [Fact]
    public void What_somebody_else_reports_is_dashed_without_marks_and_leaves_the_colours_to_ours()
    {
        var theirs = new PlotLine("theirs", [0, 1], [1, 1]) { IsReference = true };
        var root = Drawn(new LinePlot("t", "x", "y", [theirs, new PlotLine("ours", [0, 1], [0, 1])]));
        Assert.Equal("#0072b2", (string?)Line(root, "ours").Attribute("stroke"));
        Assert.Equal("#1d2125", (string?)Line(root, "theirs").Attribute("stroke"));
        Assert.Equal("6 3", (string?)Line(root, "theirs").Elements(Svg + "path").Single().Attribute("stroke-dasharray"));
    }

    [Fact]
    public void A_logarithmic_axis_has_powers_of_ten_and_a_linear_one_round_numbers()
    {
        var root = Drawn(new LinePlot("t", "x", "y", [new PlotLine("a", [0, 10], [1e-5, 1])]) { LogY = true });
        Assert.Equal([-5, -4, -3, -2, -1, 0], Ticks(root, "y").Select(tick => Math.Round(Math.Log10(tick.Value), 9)));
        Assert.Equal([0, 2, 4, 6, 8, 10], Ticks(root, "x").Select(tick => tick.Value));
        // A value that has no logarithm makes it linear, as in the page.
        var linear = Drawn(new LinePlot("t", "x", "y", [new PlotLine("a", [0, 1, 2], [1, 1000, 0])]) { LogY = true });
        Assert.Contains(0, Ticks(linear, "y").Select(tick => tick.Value));
    }

    [Fact]
    public void What_is_not_finite_is_a_gap_in_the_line_and_in_its_band()
    {
        double nan = double.NaN;
        var line = new PlotLine("a", [0, 1, 2, 3, 4], [1, 2, nan, 4, 5]) { Low = [0, 1, nan, 3, 4], High = [2, 3, nan, 5, double.PositiveInfinity] };
        var root = Drawn(new LinePlot("t", "x", "y", [line]));
        Assert.Equal(2, Data(Line(root, "a")).Count(character => character == 'M'));
        Assert.Equal(4, Points(Line(root, "a")).Length);
        var band = root.Descendants(Svg + "path").Single(path => (string?)path.Attribute("class") == "band");
        var (toX, toY) = (Scale(root, "x", horizontal: true), Scale(root, "y", horizontal: false));
        (double, double)[] expected = [(0, 2), (1, 3), (1, 1), (0, 0), (3, 5), (3, 3)];
        Assert.All(Points((string)band.Attribute("d")!).Zip(expected), pair =>
        {
            Assert.Equal(toX(pair.Second.Item1), pair.First.X, 0.02);
            Assert.Equal(toY(pair.Second.Item2), pair.First.Y, 0.02);
        });
        Assert.Equal(6, Points((string)band.Attribute("d")!).Length);
    }

    [Fact]
    public void Points_alone_have_no_line_marks_are_where_they_are_and_many_points_have_few_marks()
    {
        double[] many = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        var plot = new LinePlot("t", "x", "", [new PlotLine("a", [0, 999], [0, 1]) { PointsOnly = true }, new PlotLine("b", many, many)])
        {
            Marks = [new PlotMark(500, "amended"), new PlotMark(5000, "outside")],
        };
        var root = Drawn(plot);
        Assert.DoesNotContain(Line(root, "a").Elements(Svg + "path"), path => path.Attribute("class") is null);
        Assert.Equal(1000, Points(Line(root, "b")).Length);
        Assert.InRange(Line(root, "b").Elements(Svg + "path").Count(path => path.Attribute("class") is not null), 3, 12);
        var mark = root.Descendants(Svg + "line").Single(line => (string?)line.Attribute("class") == "mark");
        Assert.Equal(Scale(root, "x", horizontal: true)(500), Number(mark, "x1"), 0.02);
    }

    [Fact]
    public void A_name_looks_the_same_in_all_plots_and_two_names_do_not()
    {
        LinePlot[] plots =
        [
            new("one", "x", "y", [new PlotLine("a", [0], [0]), new PlotLine("b", [0], [0])]),
            new("two", "x", "y", [new PlotLine("c", [0], [0]), new PlotLine("b", [0], [0]), new PlotLine("none", [], [])]),
        ];
        var palette = new Palette(plots);
        XElement[] roots = [.. plots.Select(plot => XElement.Parse(SvgPlot.Of(plot, palette)))];
        string ColorOf(int plot, string name) => (string)Line(roots[plot], name).Attribute("stroke")!;
        Assert.Equal(ColorOf(0, "b"), ColorOf(1, "b"));
        Assert.Equal(3, new[] { ColorOf(0, "a"), ColorOf(0, "b"), ColorOf(1, "c") }.Distinct().Count());
        Assert.Equal(["a", "b", "c"], palette.Names);
    }

    [Theory]
    [InlineData("<script>alert('&\"x\"')</script>")]
    [InlineData("]]><a href=\"javascript:x\">")]
    [InlineData("a\0b\u001b[31m\u202e\ufffe\ud800")]
    public void Text_from_outside_is_text(string text)
    {
        var root = Drawn(new LinePlot(text, text, text, [new PlotLine(text, [0, 1], [0, 1])]) { Marks = [new PlotMark(0.5, text)] });
        Assert.Equal(
            ["circle", "g", "line", "path", "rect", "svg", "text", "title", "tspan"],
            root.DescendantsAndSelf().Select(element => element.Name.LocalName).Union(["circle", "tspan"]).Order(StringComparer.Ordinal));
        Assert.Equal(VisibleText.Of(text).Replace('\ufffe', '\ufffd').Replace('\ud800', '\ufffd'), root.Element(Svg + "title")!.Value);
    }

    [Fact]
    public void Without_points_there_are_axes()
    {
        var root = Drawn(new LinePlot("t", "x", "y", [new PlotLine("a", [], []), new PlotLine("b", [1], [double.NaN])]));
        Assert.NotEmpty(Ticks(root, "y"));
        Assert.Empty(Line(root, "b").Elements(Svg + "path"));
    }

    [Fact]
    public void Each_symbol_is_an_outline_around_the_origin_and_no_two_are_alike()
    {
        string[] outlines = [.. Palette.Symbols.Select(symbol => PlotMarker.Outline(symbol, 3))];
        Assert.Equal(Palette.Symbols.Count, outlines.Distinct().Count());
        foreach (string outline in outlines.Skip(1))
        {
            var corners = Points(outline);
            Assert.Equal(0, corners.Average(corner => corner.X), 0.01);
            Assert.Equal(0, corners.Average(corner => corner.Y), 0.01);
            Assert.All(corners, corner => Assert.InRange(Math.Sqrt(corner.X * corner.X + corner.Y * corner.Y), 1, 4.5));
        }
        Assert.Equal(Palette.Colors.Count, Palette.Symbols.Count);
    }

    /// <summary>As in a page, where text has been made visible.</summary>
    private static XElement Drawn(LinePlot plot)
    {
        var part = new ReportPart("n", "", new Findings("", [new FindingSection("s", "") { Plots = [plot] }]), "");
        var drawn = HtmlFindings.Plots(part)[0];
        return XElement.Parse(SvgPlot.Of(drawn, new Palette([drawn])));
    }

    private static XElement Line(XElement root, string name) => root.Elements(Svg + "g").Single(group => group.Element(Svg + "title")!.Value == name);

    private static string Data(XElement line) => (string?)line.Elements(Svg + "path").First(path => path.Attribute("class") is null).Attribute("d") ?? "";

    private static (double X, double Y)[] Points(XElement line) => Points(Data(line));

    private static (double X, double Y)[] Points(string data) => [.. data.Replace("h0", "", StringComparison.Ordinal)
        .Split(['M', 'L', 'Z'], StringSplitOptions.RemoveEmptyEntries).Select(point => point.Split(' ')).Select(pair => (Parse(pair[0]), Parse(pair[1])))];

    private static string Transform(XElement element) => (string)element.Attribute("transform")!;

    /// <summary>From values to positions, by the labels that are furthest apart; all others must agree.</summary>
    private static Func<double, double> Scale(XElement root, string axis, bool horizontal)
    {
        var ticks = Ticks(root, axis);
        Assert.InRange(ticks.Length, 2, 15);
        double At(XElement text) => horizontal ? Number(text, "x") : Number(text, "y") - 11.0 / 3;
        bool isLogarithmic = ticks.Length > 2 && ticks.All(tick => tick.Value > 0)
            && Math.Abs(ticks[1].Value - ticks[0].Value - (ticks[^1].Value - ticks[^2].Value)) > 1e-6 * Math.Abs(ticks[^1].Value);
        double Of(double value) => isLogarithmic ? Math.Log10(value) : value;
        double low = Of(ticks[0].Value) / 2, span = Of(ticks[^1].Value) / 2 - low, start = At(ticks[0].Text), length = At(ticks[^1].Text) - start;
        double Position(double value) => start + (Of(value) / 2 - low) / span * length;
        Assert.All(ticks, tick => Assert.Equal(Position(tick.Value), At(tick.Text), 0.02));
        return Position;
    }

    private static (double Value, XElement Text)[] Ticks(XElement root, string axis) => [.. root.Elements(Svg + "text")
        .Where(text => (string?)text.Attribute("class") == $"{axis}-tick").Select(text => (ValueOf(text), text))];

    private static double ValueOf(XElement text)
    {
        if (text.Element(Svg + "tspan") is not { } power)
            return Parse(text.Value);
        string[] factors = ((XText)text.FirstNode!).Value.Split('×');
        Assert.Equal("10", factors[^1]);
        return Parse($"{(factors.Length == 1 ? "1" : factors[0])}e{power.Value}");
    }

    private static double Number(XElement element, string name) => Parse((string)element.Attribute(name)!);

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
