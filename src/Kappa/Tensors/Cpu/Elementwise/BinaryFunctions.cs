using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>Elementwise functions of two arguments, with broadcasting.</summary>
internal static unsafe class BinaryFunctions
{
    internal static void Run<T>(BinaryKernel kernel, T* a, Shape shapeA, T* b, Shape shapeB, T* result, Shape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shapeA == shape && shapeB == shape)
            Same(kernel, a, b, result, shape.Count);
        else
            Broadcast(kernel, a, b, result, new BroadcastPlan(shapeA, shapeB, shape));
    }

    private static void Same<T>(BinaryKernel kernel, T* a, T* b, T* result, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case BinaryKernel.Add: Vectorized.Zip<T, AddFunction<T>>(a, b, result, count, default); break;
            case BinaryKernel.Subtract: Vectorized.Zip<T, SubtractFunction<T>>(a, b, result, count, default); break;
            case BinaryKernel.Multiply: Vectorized.Zip<T, MultiplyFunction<T>>(a, b, result, count, default); break;
            default: Vectorized.Zip<T, DivideFunction<T>>(a, b, result, count, default); break;
        }
    }

    private static void Broadcast<T>(BinaryKernel kernel, T* a, T* b, T* result, BroadcastPlan plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int inner = plan.InnerLength;
        long runs = plan.Shape.Count / inner;
        for (long run = 0; run < runs; run++)
        {
            plan.Offsets(run, out long offsetA, out long offsetB);
            Inner(kernel, a + offsetA, plan.InnerStepA, b + offsetB, plan.InnerStepB, new Span<T>(result + (run * inner), inner));
        }
    }

    private static void Inner<T>(BinaryKernel kernel, T* a, int stepA, T* b, int stepB, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var spanA = new ReadOnlySpan<T>(a, stepA == 0 ? 1 : result.Length);
        var spanB = new ReadOnlySpan<T>(b, stepB == 0 ? 1 : result.Length);
        if (stepA == 0 && stepB == 0)
        {
            result.Fill(Scalar(kernel, *a, *b));
            return;
        }

        switch (kernel)
        {
            case BinaryKernel.Add when stepA == 0: TensorPrimitives.Add(spanB, *a, result); break;
            case BinaryKernel.Add when stepB == 0: TensorPrimitives.Add(spanA, *b, result); break;
            case BinaryKernel.Add: TensorPrimitives.Add(spanA, spanB, result); break;
            case BinaryKernel.Subtract when stepA == 0: TensorPrimitives.Subtract(*a, spanB, result); break;
            case BinaryKernel.Subtract when stepB == 0: TensorPrimitives.Subtract(spanA, *b, result); break;
            case BinaryKernel.Subtract: TensorPrimitives.Subtract(spanA, spanB, result); break;
            case BinaryKernel.Multiply when stepA == 0: TensorPrimitives.Multiply(spanB, *a, result); break;
            case BinaryKernel.Multiply when stepB == 0: TensorPrimitives.Multiply(spanA, *b, result); break;
            case BinaryKernel.Multiply: TensorPrimitives.Multiply(spanA, spanB, result); break;
            default:
                if (stepA == 0)
                    TensorPrimitives.Divide(*a, spanB, result);
                else if (stepB == 0)
                    TensorPrimitives.Divide(spanA, *b, result);
                else
                    TensorPrimitives.Divide(spanA, spanB, result);
                break;
        }
    }

    private static T Scalar<T>(BinaryKernel kernel, T a, T b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => kernel switch
        {
            BinaryKernel.Add => a + b,
            BinaryKernel.Subtract => a - b,
            BinaryKernel.Multiply => a * b,
            _ => a / b,
        };
}
