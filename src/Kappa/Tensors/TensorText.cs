using System.Globalization;
using System.Text;

namespace Kappa.Tensors;

/// <summary>The values of a tensor as NumPy writes them: nested brackets, columns of one width, and of large tensors the ends of the axes only.</summary>
internal sealed class TensorText
{
    private const int Threshold = 1000, LineWidth = 75, Precision = 8;

    private readonly Tensor _tensor;
    private readonly int _edge;
    private readonly string[] _texts;
    private readonly int _width;
    private readonly StringBuilder _result = new();
    private int _next;

    private TensorText(Tensor tensor)
    {
        _tensor = tensor.OnHost();
        // Of many axes less is shown, since what is shown grows with their number.
        _edge = tensor.Count <= Threshold ? int.MaxValue : tensor.Rank <= 4 ? 3 : 1;
        var shown = new List<int>();
        Collect(0, 0, shown);
        _texts = tensor.DataType.IsFloating() ? NumberColumns.Format(shown.ConvertAll(Shortest), Precision) : [.. shown.Select(Whole)];
        _width = _texts.Length == 0 ? 0 : _texts.Max(text => text.Length);
    }

    /// <summary>The values, over as many lines as it takes, without a line's end behind the last.</summary>
    internal static string Of(Tensor tensor)
    {
        if (tensor.Count == 0)
            return "[]";
        var text = new TensorText(tensor);
        text.Write(0);
        return text._result.ToString();
    }

    /// <summary>Lists the elements that are shown, in their order.</summary>
    private void Collect(int axis, int start, List<int> shown)
    {
        if (axis == _tensor.Rank)
        {
            shown.Add(start);
            return;
        }

        int length = _tensor.Shape[axis];
        for (int i = 0; i < length; i++)
        {
            if (IsCut(length) && i == _edge)
                i = length - _edge;
            Collect(axis + 1, (start * length) + i, shown);
        }
    }

    private bool IsCut(int length) => _edge < int.MaxValue && length > 2 * _edge;

    private void Write(int axis)
    {
        int length = _tensor.Shape[axis];
        bool isLast = axis == _tensor.Rank - 1;
        string between = isLast ? "" : new string('\n', _tensor.Rank - 1 - axis) + new string(' ', axis + 1);
        _ = _result.Append('[');
        int column = axis + 1;
        int count = IsCut(length) ? (2 * _edge) + 1 : length;
        for (int i = 0; i < count; i++)
        {
            bool isGap = IsCut(length) && i == _edge;
            if (!isLast)
            {
                _ = _result.Append(i > 0 ? between : "");
                if (isGap)
                    _ = _result.Append("...");
                else
                    Write(axis + 1);
                continue;
            }

            string text = isGap ? "..." : _texts[_next++].PadLeft(_width);
            // Room is left for the brackets that close.
            if (i > 0 && column + 1 + text.Length > LineWidth - _tensor.Rank)
            {
                _ = _result.Append('\n').Append(' ', axis + 1);
                column = axis + 1;
            }
            else if (i > 0)
            {
                _ = _result.Append(' ');
                column++;
            }

            _ = _result.Append(text);
            column += text.Length;
        }

        _ = _result.Append(']');
    }

    /// <summary>The shortest text that is this element and no other.</summary>
    private string Shortest(int index) => _tensor.DataType == DataType.Float32
        ? _tensor.ReadOnlyValues<float>()[index].ToString("R", CultureInfo.InvariantCulture)
        : _tensor.ReadOnlyValues<double>()[index].ToString("R", CultureInfo.InvariantCulture);

    private string Whole(int index) => _tensor.DataType == DataType.Int32
        ? _tensor.ReadOnlyValues<int>()[index].ToString(CultureInfo.InvariantCulture)
        : _tensor.ReadOnlyValues<long>()[index].ToString(CultureInfo.InvariantCulture);
}
