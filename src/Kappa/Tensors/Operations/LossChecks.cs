using System.Numerics;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The checks that losses make of what they are given.</summary>
internal static class LossChecks
{
    internal static void RequireSame(string name, Tensor a, string roleA, Tensor b, string roleB)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        Operands.RequireSameFloating(a, b, name);
        if (a.Shape != b.Shape || a.Count == 0)
            throw new TensorShapeException($"{name}: expected {roleA} and {roleB} of one shape, not empty; got {a.Shape} and {b.Shape}");
    }

    /// <summary>The loss with weights for its elements, or the leading axes of their shape; what it is divided by is what they weigh together.</summary>
    internal static Tensor WeightedMean(
        string name, LossFunction function, Tensor? weights, double parameter, double unit, params Tensor[] inputs)
    {
        double count = weights is null ? inputs[0].Count : RequireWeights(name, weights, inputs[0]);
        return ElementLossNode.Apply(new ElementLoss(name, function, inputs) { Weights = weights, Parameters = [parameter], Divisor = count * unit });
    }

    /// <summary>Checks weights, and says what they come to over all elements.</summary>
    internal static double RequireWeights(string name, Tensor weights, Tensor prediction)
    {
        Operands.RequireSameFloating(weights, prediction, name);
        bool fits = weights.Rank <= prediction.Rank && weights.Count > 0;
        for (int axis = 0; axis < weights.Rank && fits; axis++)
            fits = weights.Shape[axis] == prediction.Shape[axis];
        if (!fits)
        {
            throw new TensorShapeException(
                $"{name}: the weights have the shape of the prediction, {prediction.Shape}, or of its leading axes; got {weights.Shape}");
        }

        if (weights.RequiresGradient)
            throw new ArgumentException($"{name}: the weights are constants, and take no gradient. Pass weights.Detach()", nameof(weights));
        double sum = 0;
        var host = weights.OnHost();
        for (int i = 0; i < host.Count; i++)
        {
            double weight = host.ElementAsDouble(i);
            if (!(double.IsFinite(weight) && weight >= 0))
                throw OutOfRange(nameof(weights), $"{name}: the weights are finite numbers, zero or more", weights, i);
            sum += weight;
        }

        return sum > 0
            ? sum * (prediction.Count / weights.Count)
            : throw new ArgumentException($"{name}: a mean takes one element that counts; all {weights.Count} weights are zero", nameof(weights));
    }

    /// <summary>Checks that targets lie between two numbers; NaN passes, and is named by the loss.</summary>
    internal static void RequireBetween(string name, string what, Tensor x, double low, double high)
    {
        var host = x.OnHost();
        int outside = x.DataType == DataType.Float32 ? FirstOutside(host.ReadOnlyValues<float>(), (float)low, (float)high)
            : FirstOutside(host.ReadOnlyValues<double>(), low, high);
        if (outside >= 0)
            throw OutOfRange(what, $"{name}: {what} {(double.IsInfinity(high) ? $"are {low} or more" : $"lie in {low}..{high}")}", x, outside);
    }

    /// <summary>Checks that targets are -1 or 1.</summary>
    internal static void RequireSigns(string name, string what, Tensor x)
    {
        var host = x.OnHost();
        int other = x.DataType == DataType.Float32 ? FirstOther(host.ReadOnlyValues<float>()) : FirstOther(host.ReadOnlyValues<double>());
        if (other >= 0)
            throw OutOfRange(what, $"{name}: {what} are -1 or 1", x, other);
    }

    private static ArgumentOutOfRangeException OutOfRange(string parameter, string takes, Tensor x, int index)
    {
        double value = x.ElementAsDouble(index);
        return new(parameter, value, $"{takes}; position {NonFiniteDiagnosis.Position(x, index)} holds {value}");
    }

    private static int FirstOutside<T>(ReadOnlySpan<T> values, T low, T high)
        where T : IFloatingPoint<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < low || values[i] > high)
                return i;
        }

        return -1;
    }

    private static int FirstOther<T>(ReadOnlySpan<T> values)
        where T : IFloatingPoint<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (T.Abs(values[i]) != T.One)
                return i;
        }

        return -1;
    }
}
