namespace Kappa.Tensors.Operations;

/// <summary>Products of tensors summed over labelled axes, by the operations that there are: two operands at a time, from the left.</summary>
internal sealed class EinsteinSum
{
    private readonly string _equation;
    private readonly Shape[] _shapes;
    private readonly Dictionary<char, int> _lengths = [];

    private EinsteinSum(string equation, Tensor[] operands) => (_equation, _shapes) = (equation, Array.ConvertAll(operands, operand => operand.Shape));

    internal static Tensor Apply(string equation, Tensor[] operands)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(equation);
        operands = [.. operands];
        foreach (var operand in operands)
            Operands.RequireFloating(operand, "Einsum");
        return new EinsteinSum(equation, operands).Run(operands);
    }

    private Tensor Run(Tensor[] operands)
    {
        var (inputs, output) = Parse();
        if (inputs.Length != operands.Length)
            throw Fault($"names {inputs.Length} operands; got {operands.Length}");
        for (int i = 0; i < operands.Length; i++)
            Check(inputs[i], operands[i], i, operands[0]);
        foreach (char label in output.Where(label => !_lengths.ContainsKey(label)))
            throw Fault($"the result has the axis {label}, which no operand has");
        if (output.Distinct().Count() != output.Length)
            throw Fault("an axis stands twice in the result");
        var (sum, labels) = (operands[0], inputs[0]);
        for (int i = 1; i < operands.Length; i++)
            (sum, labels) = Multiply(sum, labels, operands[i], inputs[i], output + string.Concat(inputs[(i + 1)..]));
        (sum, labels) = SumOut(sum, labels, output);
        var result = Order(sum, labels, output);
        return result == operands[0] ? result.Reshape(result.Shape) : result;
    }

    private (string[] Inputs, string Output) Parse()
    {
        string plain = string.Concat(_equation.Where(symbol => !char.IsWhiteSpace(symbol)));
        string[] sides = plain.Split("->");
        string[] inputs = sides[0].Split(',');
        bool isRead = sides.Length <= 2 && sides.All(side => side.All(symbol => char.IsAsciiLetter(symbol) || symbol == ','));
        if (!isRead || (sides.Length == 2 && sides[1].Contains(',')))
            throw Fault("takes one letter for each axis, commas between operands and one -> in front of the result, such as \"bik,bkj->bij\"");
        if (sides.Length == 2)
            return (inputs, sides[1]);
        var once = string.Concat(inputs).GroupBy(label => label).Where(group => group.Count() == 1).Select(group => group.Key);
        return (inputs, string.Concat(once.Order()));
    }

    private void Check(string labels, Tensor operand, int index, Tensor first)
    {
        if (operand.DataType != first.DataType)
            throw Fault($"takes operands of one type; got {first.DataType} and {operand.DataType}. Convert one with To(...)");
        if (labels.Length != operand.Rank)
            throw Fault($"operand {index} is \"{labels}\", with {labels.Length} axes; {operand.Shape} has {operand.Rank}");
        for (int axis = 0; axis < labels.Length; axis++)
        {
            if (labels.IndexOf(labels[axis], axis + 1) >= 0)
                throw Fault($"operand {index} has the axis {labels[axis]} twice: diagonals are not taken");
            if (!_lengths.TryAdd(labels[axis], operand.Shape[axis]) && _lengths[labels[axis]] != operand.Shape[axis])
                throw Fault($"the axis {labels[axis]} has length {_lengths[labels[axis]]} before and {operand.Shape[axis]} in operand {index}");
        }
    }

    /// <summary>The product of two, summed over the axes that nothing behind them has.</summary>
    private (Tensor Product, string Labels) Multiply(Tensor a, string labelsA, Tensor b, string labelsB, string needed)
    {
        (a, labelsA) = SumOut(a, labelsA, needed + labelsB);
        (b, labelsB) = SumOut(b, labelsB, needed + labelsA);
        string shared = string.Concat(labelsA.Where(labelsB.Contains));
        string batch = string.Concat(shared.Where(needed.Contains)), inner = string.Concat(shared.Where(label => !needed.Contains(label)));
        string left = string.Concat(labelsA.Where(label => !shared.Contains(label))), right = string.Concat(labelsB.Where(label => !shared.Contains(label)));
        string labels = batch + left + right;
        var (x, y) = (Order(a, labelsA, batch + left + inner), Order(b, labelsB, batch + right + inner));
        if (inner.Length == 0 || (batch.Length > 0 && left.Length + right.Length == 0))
        {
            // No matrices: elements times elements, which broadcast.
            x = x.Reshape([.. Lengths(batch + left), .. Enumerable.Repeat(1, right.Length), .. Lengths(inner)]);
            y = y.Reshape([.. Lengths(batch), .. Enumerable.Repeat(1, left.Length), .. Lengths(right + inner)]);
            return SumOut(x * y, labels + inner, labels);
        }

        int[] shape = Lengths(labels);
        x = x.Reshape([.. batch.Length == 0 ? Array.Empty<int>() : [Extent(batch)], Extent(left), Extent(inner)]);
        y = y.Reshape([.. batch.Length == 0 ? Array.Empty<int>() : [Extent(batch)], Extent(right), Extent(inner)]);
        return ((batch.Length == 0 ? x.MatMul(y, transposeB: true) : x.BatchMatMul(y, transposeB: true)).Reshape(new Shape(shape)), labels);
    }

    private static (Tensor Sum, string Labels) SumOut(Tensor x, string labels, string needed)
    {
        for (int axis = labels.Length - 1; axis >= 0; axis--)
        {
            if (needed.Contains(labels[axis]))
                continue;
            x = x.Sum(axis);
            labels = labels.Remove(axis, 1);
        }

        return (x, labels);
    }

    private static Tensor Order(Tensor x, string labels, string wanted) =>
        labels == wanted ? x : x.Permute([.. wanted.Select(label => labels.IndexOf(label))]);

    private int[] Lengths(string labels) => [.. labels.Select(label => _lengths[label])];

    private int Extent(string labels) => new Shape(Lengths(labels)).Count;

    private TensorShapeException Fault(string what) => new($"Einsum \"{_equation}\" of {string.Join(" and ", _shapes)}: {what}");
}
