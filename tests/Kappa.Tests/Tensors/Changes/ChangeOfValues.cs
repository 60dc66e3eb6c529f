using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Changes;

/// <summary>The ways in which the values of a tensor can change under an operation that has used them.</summary>
public enum ChangeOfValues
{
    /// <summary>By the method for it.</summary>
    Copy,

    /// <summary>Through a span that was taken after the operation.</summary>
    SpanAfter,

    /// <summary>Through a span that was taken before it.</summary>
    SpanBefore,

    /// <summary>Through another tensor over the same memory.</summary>
    SpanOfDetached,

    /// <summary>Two elements trade places.</summary>
    Swap,

    /// <summary>Only the last element, by one bit.</summary>
    LastBit,

    /// <summary>By an optimizer.</summary>
    Step,
}

/// <summary>Makes the changes, to tensors of Float64.</summary>
internal static class Changes
{
    /// <summary>Prepares a change of a leaf before the operation.</summary>
    /// <returns>Makes the change.</returns>
    internal static unsafe Action Prepare(ChangeOfValues change, Tensor tensor)
    {
        double* before = change == ChangeOfValues.SpanBefore ? (double*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.Values<double>())) : null;
        return () =>
        {
            using var quiet = NoGradient.Begin();
            switch (change)
            {
                case ChangeOfValues.Copy: tensor.CopyFromInPlace(tensor.Detach() + 0.75); break;
                case ChangeOfValues.SpanAfter: Shift(tensor.Values<double>()); break;
                case ChangeOfValues.SpanBefore: Shift(new Span<double>(before, tensor.Count)); break;
                case ChangeOfValues.SpanOfDetached: Shift(tensor.Detach().Values<double>()); break;
                case ChangeOfValues.Swap: tensor.Values<double>().Reverse(); break;
                case ChangeOfValues.LastBit: LastBit(tensor.Values<double>()); break;
                default: Step(tensor); break;
            }
        };
    }

    private static void Shift(Span<double> values)
    {
        foreach (ref double value in values)
            value += 0.75;
    }

    private static void LastBit(Span<double> values)
    {
        if (values.Length > 0)
            values[^1] = Math.BitIncrement(values[^1]);
    }

    private static void Step(Tensor tensor)
    {
        if (!tensor.RequiresGradient)
            tensor.RequiresGradient = true;
        Differentiated(tensor);
        new SGD([new Parameter("x", tensor)], 0.5).Step();
        tensor.ZeroGrad();
    }

    private static void Differentiated(Tensor tensor)
    {
        // A gradient of ones, outside of the graph that is tried.
        tensor.Backward(Tensor.Ones(tensor.Shape, tensor.DataType));
    }
}
