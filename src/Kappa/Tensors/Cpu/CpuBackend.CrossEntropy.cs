using System.Numerics;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Cross-entropy. Rows are formed one at a time; what goes to the label's class is minus the sum of what goes to the others, which keeps its digits
/// when that class is all but certain.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override double CrossEntropy(CrossEntropyTargets targets, Tensor logits)
    {
        int rows = logits.Shape[0];
        using var losses = Scratch<double>.Rent(rows);
        double* address = Address(losses.Span);
        if (logits.DataType == DataType.Float32)
            RunRows(new CrossEntropyRows<float> { Rows = new(targets, logits), Losses = address }, rows, logits.Shape[1]);
        else
            RunRows(new CrossEntropyRows<double> { Rows = new(targets, logits), Losses = address }, rows, logits.Shape[1]);
        return PairwiseSums.Row<double, PlainTerm>(address, null, rows, default);
    }

    internal override void CrossEntropyDerivative(CrossEntropyTargets targets, Tensor logits, double scale, Tensor result)
    {
        if (logits.DataType == DataType.Float32)
        {
            RunRows(new CrossEntropyDerivativeRows<float> { Rows = new(targets, logits), Result = result.Pointer<float>(), Scale = scale }, logits.Shape[0],
                logits.Shape[1]);
        }
        else
        {
            RunRows(new CrossEntropyDerivativeRows<double> { Rows = new(targets, logits), Result = result.Pointer<double>(), Scale = scale }, logits.Shape[0],
                logits.Shape[1]);
        }
    }

    internal override void CrossEntropyTangent(CrossEntropyTargets targets, Tensor logits, Tensor tangents, double scale, Tensor result)
    {
        int rows = logits.Shape[0];
        using var losses = Scratch<double>.Rent(checked(result.Count * rows));
        double* address = Address(losses.Span);
        if (result.DataType == DataType.Float32)
        {
            RunRows(new CrossEntropyTangentRows<float> { Rows = new(targets, logits), Tangents = tangents.Pointer<float>(), Count = result.Count,
                Losses = address }, rows, logits.Shape[1]);
        }
        else
        {
            RunRows(new CrossEntropyTangentRows<double> { Rows = new(targets, logits), Tangents = tangents.Pointer<double>(), Count = result.Count,
                Losses = address }, rows, logits.Shape[1]);
        }

        for (int k = 0; k < result.Count; k++)
        {
            double sum = scale * PairwiseSums.Row<double, PlainTerm>(address + ((long)k * rows), null, rows, default);
            if (result.DataType == DataType.Float32)
                result.Pointer<float>()[k] = (float)sum;
            else
                result.Pointer<double>()[k] = sum;
        }
    }

    internal override void CrossEntropyDerivativeTangent(
        CrossEntropyTargets targets, Tensor logits, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            CrossEntropyDerivativeTangent<float>(targets, logits, tangents, scale, gradientTangent, result);
        else
            CrossEntropyDerivativeTangent<double>(targets, logits, tangents, scale, gradientTangent, result);
    }

    private static void CrossEntropyDerivativeTangent<T>(
        CrossEntropyTargets targets, Tensor logits, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] changes = new double[result.Shape[0]];
        for (int k = 0; k < changes.Length && gradientTangent is not null; k++)
            changes[k] = gradientTangent.ElementAsDouble(k) / targets.Weight;
        var function = new CrossEntropyDerivativeTangentRows<T>
        {
            Rows = new(targets, logits), Tangents = Of<T>(tangents), Changes = changes, Result = result.Pointer<T>(), Scale = scale, RowCount = logits.Shape[0],
        };
        RunRows(function, logits.Shape[0], logits.Shape[1]);
    }
}
