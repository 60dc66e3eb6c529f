using System.Xml;
using System.Xml.Linq;

namespace Kappa.Lab.Reports.Export;

/// <summary>A plot as an SVG file, on white, for paper: axes with ticks, bands, lines, marks of points and a legend below.</summary>
/// <remarks>Nothing is outside the file, and no browser is needed to draw it. Lines of many points bear a few marks, so that a copy in grey can be
/// read.</remarks>
internal sealed class SvgPlot
{
    private const double Width = 480, Height = 260, FontSize = 11, SmallSize = 8, Gap = 6, Swatch = 24, LegendRow = 17, TickLength = 4, Radius = 3;

    /// <summary>About the mean width of a character of Helvetica, in its size.</summary>
    private const double CharacterWidth = 0.56;

    /// <summary>From so many points on a line has marks at some of them only.</summary>
    private const int ManyPoints = 25;

    private const int MarksOfManyPoints = 6;

    private const string Ink = "#1d2125", Soft = "#5c6670", Grid = "#d9dde1";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly LinePlot _plot;
    private readonly Palette _palette;
    private readonly PlotLine[] _lines;
    private readonly PlotAxis _x, _y;
    private readonly double _left, _right, _top, _bottom;
    private readonly XElement _root;

    private SvgPlot(LinePlot plot, Palette palette)
    {
        (_plot, _palette) = (plot, palette);
        _lines = [.. plot.Lines.Where(line => line.X.Count > 0)];
        var lows = _lines.SelectMany(line => line.Low ?? []);
        _x = PlotAxis.Of(_lines.SelectMany(line => line.X), plot.LogX);
        _y = PlotAxis.Of([.. _lines.SelectMany(line => line.Y), .. lows, .. _lines.SelectMany(line => line.High ?? [])], plot.LogY);
        double labels = _y.Ticks.Select(tick => tick.Width).DefaultIfEmpty(0).Max() * CharacterWidth * FontSize;
        _left = Gap + (plot.YAxis.Length > 0 ? FontSize + Gap : 0) + labels + TickLength + Gap;
        _top = plot.Title.Length > 0 ? 3 * Gap + FontSize : 2 * Gap;
        double widest = Math.Max(WidthOf(plot.Title) * 1.1 + 2 * Gap, _lines.Select(line => ItemWidth(line.Name) + _left).DefaultIfEmpty(0).Max());
        double width = Math.Max(Width, widest);
        (_right, _bottom) = (width - 2 * Gap, _top + Height - 3 * LegendRow);
        _root = new XElement(Svg + "svg", new XAttribute("role", "img"), new XAttribute("font-family", "Helvetica, Arial, sans-serif"));
        double height = Draw(width);
        foreach (var (name, value) in new[] { ("width", Number(width)), ("height", Number(height)), ("viewBox", $"0 0 {Number(width)} {Number(height)}") })
            _root.Add(new XAttribute(name, value));
    }

    /// <summary>The text of the file.</summary>
    /// <param name="plot">The plot, as it is drawn.</param>
    /// <param name="palette">How its lines look.</param>
    internal static string Of(LinePlot plot, Palette palette) => new SvgPlot(plot, palette)._root + "\n";

    private double Draw(double width)
    {
        _root.Add(new XElement(Svg + "title", Text(_plot.Title)));
        double legend = _bottom + TickLength + FontSize + Gap + (_plot.XAxis.Length > 0 ? FontSize + Gap : 0) + Gap;
        var items = Legend(width);
        double height = legend + (items.Count == 0 ? 0 : (items[^1].Row + 1) * LegendRow);
        Add("rect", ("width", width), ("height", height), ("fill", "#ffffff"));
        if (_plot.Title.Length > 0)
            Write(_plot.Title, Gap, 2 * Gap + FontSize / 2, Ink, size: FontSize * 1.1);
        DrawAxes();
        foreach (var mark in _plot.Marks.Where(mark => _x.Takes(mark.X) && _x.PlaceOf(mark.X) is >= 0 and <= 1))
        {
            double x = X(mark.X);
            Add("line", ("x1", x), ("x2", x), ("y1", _top), ("y2", _bottom), ("stroke", Soft), ("stroke-dasharray", "1 3"), ("class", "mark"));
            Write(mark.Text, x + 2, _top + FontSize, Soft, size: SmallSize);
        }
        foreach (var line in _lines)
            DrawBand(line);
        foreach (var line in _lines)
            DrawLine(line);
        foreach (var (name, column, row) in items)
        {
            var line = _lines.First(line => line.Name == name);
            var (color, symbol, dash) = LooksOf(line);
            double y = legend + row * LegendRow;
            if (!line.PointsOnly)
            {
                Add(
                    "line", ("x1", column), ("x2", column + Swatch), ("y1", y), ("y2", y), ("stroke", color), ("stroke-width", 1.6),
                    ("stroke-dasharray", dash));
            }

            if (!line.IsReference)
                AddMarker(_root, symbol, color, column + Swatch / 2, y);
            Write(name, column + Swatch + Gap, y + FontSize / 3, Ink);
        }
        return height;
    }

    private void DrawAxes()
    {
        foreach (var tick in _x.Ticks)
        {
            double x = X(tick.Value);
            Add("line", ("x1", x), ("x2", x), ("y1", _top), ("y2", _bottom), ("stroke", Grid), ("stroke-width", 0.6));
            Add("line", ("x1", x), ("x2", x), ("y1", _bottom), ("y2", _bottom + TickLength), ("stroke", Ink));
            Write(tick, x, _bottom + TickLength + FontSize, "middle", "x");
        }
        foreach (var tick in _y.Ticks)
        {
            double y = Y(tick.Value);
            Add("line", ("x1", _left), ("x2", _right), ("y1", y), ("y2", y), ("stroke", Grid), ("stroke-width", 0.6));
            Add("line", ("x1", _left - TickLength), ("x2", _left), ("y1", y), ("y2", y), ("stroke", Ink));
            Write(tick, _left - TickLength - 2, y + FontSize / 3, "end", "y");
        }
        Add("path", ("d", FormattableString.Invariant($"M{_left:0.##} {_top:0.##}V{_bottom:0.##}H{_right:0.##}")), ("fill", "none"), ("stroke", Ink));
        Write(_plot.XAxis, (_left + _right) / 2, _bottom + TickLength + 2 * FontSize + Gap, Ink, "middle");
        if (_plot.YAxis.Length > 0)
        {
            var text = Write(_plot.YAxis, 0, 0, Ink, "middle");
            text.Add(new XAttribute("transform", $"translate({Number(Gap + FontSize)} {Number((_top + _bottom) / 2)}) rotate(-90)"));
        }
    }

    private void DrawBand(PlotLine line)
    {
        if (line.Low is not { } low || line.High is not { } high)
            return;
        var pieces = Pieces(line.X.Count, i => _x.Takes(line.X[i]) && _y.Takes(low[i]) && _y.Takes(high[i]));
        string data = string.Concat(pieces.Select(piece =>
            Joined([.. piece.Select(i => (line.X[i], high[i])), .. piece.Reverse().Select(i => (line.X[i], low[i]))]) + "Z"));
        if (data.Length > 0)
            Add("path", ("d", data), ("fill", LooksOf(line).Color), ("fill-opacity", 0.16), ("class", "band"));
    }

    private void DrawLine(PlotLine line)
    {
        var (color, symbol, dash) = LooksOf(line);
        var group = Add("g", ("class", "line"), ("stroke", color), ("fill", "none"), ("stroke-width", 1.6));
        group.AddFirst(new XElement(Svg + "title", Text(line.Name)));
        bool IsDrawn(int i) => _x.Takes(line.X[i]) && _y.Takes(line.Y[i]);
        int[] drawn = [.. Enumerable.Range(0, line.X.Count).Where(IsDrawn)];
        if (!line.PointsOnly && drawn.Length > 0)
        {
            var pieces = Pieces(line.X.Count, IsDrawn).Select(piece => Joined([.. piece.Select(i => (line.X[i], line.Y[i]))]));
            group.Add(Element(
                "path", ("d", string.Concat(pieces)), ("stroke-dasharray", dash), ("stroke-linecap", "round"), ("stroke-linejoin", "round")));
        }
        if (line.IsReference)
            return;
        // Those of different lines are not at the same places, where lines run together.
        int every = line.PointsOnly || drawn.Length < ManyPoints ? 1 : drawn.Length / MarksOfManyPoints;
        for (int i = every == 1 ? 0 : _palette.IndexOf(line.Name) * every / 4 % every; i < drawn.Length; i += every)
            AddMarker(group, symbol, color, X(line.X[drawn[i]]), Y(line.Y[drawn[i]]));
    }

    private List<(string Name, double Column, int Row)> Legend(double width)
    {
        List<(string, double, int)> items = [];
        var (column, row) = (_left, 0);
        foreach (string name in _lines.Select(line => line.Name).Distinct())
        {
            if (column > _left && column + ItemWidth(name) > width)
                (column, row) = (_left, row + 1);
            items.Add((name, column, row));
            column += ItemWidth(name);
        }
        return items;
    }

    private (string Color, string Symbol, string Dash) LooksOf(PlotLine line)
    {
        if (line.IsReference)
            return (Ink, "", "6 3");
        int index = _palette.IndexOf(line.Name);
        return (
            Palette.Colors[index % Palette.Colors.Count], Palette.SymbolAt(index), index < Palette.Colors.Count ? "none" : "6 3");
    }

    private double X(double value) => _left + _x.PlaceOf(value) * (_right - _left);

    private double Y(double value) => _bottom - _y.PlaceOf(value) * (_bottom - _top);

    private string Joined(IReadOnlyList<(double X, double Y)> points) =>
        "M" + string.Join('L', points.Select(point => $"{Number(X(point.X))} {Number(Y(point.Y))}"))
        + (points.Count == 1 ? "h0" : "");

    /// <summary>The places of neighbours that are all drawn, piece by piece.</summary>
    private static IEnumerable<int[]> Pieces(int count, Func<int, bool> isDrawn)
    {
        for (int start = 0; start < count;)
        {
            int length = Enumerable.Range(start, count - start).TakeWhile(isDrawn).Count();
            if (length > 0)
                yield return [.. Enumerable.Range(start, length)];
            start += length + 1;
        }
    }

    private static void AddMarker(XElement parent, string symbol, string color, double x, double y) => parent.Add(Element(
        "path", ("d", PlotMarker.Outline(symbol, Radius)), ("transform", $"translate({Number(x)} {Number(y)})"), ("fill", color), ("stroke", "none"),
        ("class", "point")));

    private void Write(PlotTick tick, double x, double y, string anchor, string axis)
    {
        var text = Write(tick.Exponent is null ? tick.Digits : tick.Digits.Length == 0 ? "10" : $"{tick.Digits}\u00d710", x, y, Ink, anchor);
        text.Add(new XAttribute("class", $"{axis}-tick"));
        if (tick.Exponent is not { } power)
            return;
        var small = Element("tspan", ("dy", -4), ("font-size", SmallSize));
        small.Add(power.ToString(CultureInfo.InvariantCulture));
        text.Add(small);
    }

    private XElement Write(string text, double x, double y, string color, string anchor = "start", double size = FontSize)
    {
        var element = Add("text", ("x", x), ("y", y), ("font-size", size), ("text-anchor", anchor), ("fill", color));
        element.Add(Text(text));
        return element;
    }

    private XElement Add(string name, params (string Name, object Value)[] attributes)
    {
        var element = Element(name, attributes);
        _root.Add(element);
        return element;
    }

    private static XElement Element(string name, params (string Name, object Value)[] attributes) => new(
        Svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value is string text ? text : Number(attribute.Value))));

    /// <summary>What XML has no place for becomes the mark for that.</summary>
    private static string Text(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : Rune.ReplacementChar.ToString()));

    private static string Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture);

    private static double WidthOf(string text) => text.Length * CharacterWidth * FontSize;

    private static double ItemWidth(string name) => Swatch + 3 * Gap + WidthOf(name);
}
