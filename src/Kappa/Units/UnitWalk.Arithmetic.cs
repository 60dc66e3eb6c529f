using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <content>Sums, products and their operands.</content>
internal sealed partial class UnitWalk
{
    private int[]? Arithmetic(ArithmeticNode node)
    {
        var (a, b) = (node.Input(0), node.Input(1));
        var (first, second) = (ViewedParameter(a), ViewedParameter(b));
        if (first is not null && second is not null)
            return null;
        var shape = _network.OutputOf(node).Shape;
        if (KeepsIdentity)
        {
            return first is not null || IsConstant(a) ? Broadcast(LabelsOf(b), b.Shape, shape)
                : second is not null || IsConstant(b) ? Broadcast(LabelsOf(a), a.Shape, shape)
                : Sum(a, b, shape);
        }

        if (node.Kernel is BinaryKernel.Add or BinaryKernel.Subtract)
        {
            return first is not null ? Shift(first, a, b, shape)
                : second is not null ? Shift(second, b, a, shape)
                : Sum(a, b, shape);
        }

        if (node.Kernel == BinaryKernel.Multiply)
        {
            return first is not null ? Scale(first, a, b, shape)
                : second is not null ? Scale(second, b, a, shape)
                : IsConstant(b) ? Broadcast(LabelsOf(a), a.Shape, shape)
                : IsConstant(a) ? Broadcast(LabelsOf(b), b.Shape, shape)
                : null;
        }

        return node.Kernel == BinaryKernel.Divide && first is null && IsConstant(b) ? Broadcast(LabelsOf(a), a.Shape, shape) : null;
    }

    private int[] Sum(Tensor a, Tensor b, Shape shape)
    {
        int[] left = Broadcast(LabelsOf(a), a.Shape, shape), right = Broadcast(LabelsOf(b), b.Shape, shape);
        var result = new int[left.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = Labels.Union(left[i], right[i]);
        return result;
    }

    /// <summary>x + parameter: a bias, which enters the units of x.</summary>
    private int[] Shift(Tensor parameter, Tensor view, Tensor x, Shape shape)
    {
        int[] labels = Broadcast(LabelsOf(x), x.Shape, shape);
        int[] enter = ByElement(labels, view.Shape, shape, unite: true)!;
        Register(Vector(parameter, enter, new int[enter.Length]));
        return labels;
    }

    /// <summary>x times parameter: one new unit for each element of the parameter, unless it multiplies several units at once, which then pass
    /// through.</summary>
    private int[] Scale(Tensor parameter, Tensor view, Tensor x, Shape shape)
    {
        int[] labels = Broadcast(LabelsOf(x), x.Shape, shape);
        if (ByElement(labels, view.Shape, shape, unite: false) is not { } leave)
        {
            FixParameter(parameter, $"the parameter {NameOf(parameter)} multiplies several units at once");
            return labels;
        }

        int[] enter = NewLabels(leave.Length);
        AddLayer(parameter, null, "Multiply", enter);
        Register(Vector(parameter, enter, leave));
        return Broadcast(enter, view.Shape, shape);
    }

    /// <summary>For each element of an operand, the unit of the results that it takes part in; null when they are several.</summary>
    private int[]? ByElement(int[] labels, Shape operand, Shape shape, bool unite)
    {
        var result = new int[operand.Count];
        Array.Fill(result, -1);
        var index = new BroadcastIndex(operand, shape);
        for (int i = 0; i < labels.Length; i++)
        {
            ref int label = ref result[index.Of(i)];
            if (label < 0 || label == labels[i])
                label = labels[i];
            else if (unite)
                label = Labels.Union(label, labels[i]);
            else if (Labels.Find(label) != Labels.Find(labels[i]))
                return null;
        }

        return result;
    }

    private static int[] Broadcast(int[] labels, Shape operand, Shape shape)
    {
        if (operand == shape)
            return labels;
        var result = new int[shape.Count];
        var index = new BroadcastIndex(operand, shape);
        for (int i = 0; i < result.Length; i++)
            result[i] = labels[index.Of(i)];
        return result;
    }

    /// <summary>Where in an operand the element lies that a result's element is made of.</summary>
    private readonly struct BroadcastIndex
    {
        private readonly int[] _lengths;
        private readonly int[] _strides;

        internal BroadcastIndex(Shape operand, Shape shape)
        {
            _lengths = shape.ToArray();
            _strides = new int[shape.Rank];
            int stride = 1;
            for (int axis = operand.Rank - 1; axis >= 0; axis--)
            {
                _strides[shape.Rank - operand.Rank + axis] = operand[axis] == 1 ? 0 : stride;
                stride *= operand[axis];
            }
        }

        internal int Of(int index)
        {
            int result = 0;
            for (int axis = _lengths.Length - 1; axis >= 0; axis--)
            {
                result += index % _lengths[axis] * _strides[axis];
                index /= _lengths[axis];
            }

            return result;
        }
    }
}
