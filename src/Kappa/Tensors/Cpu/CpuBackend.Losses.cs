using System.Numerics;
using Kappa.Tensors.Cpu.Losses;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Losses of elements.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override double LossSum(ElementLoss loss) => RunLoss(loss, new LossCall(-1, [], 1, null, null));

    internal override void LossDerivative(ElementLoss loss, int input, double scale, Tensor result) =>
        _ = RunLoss(loss, new LossCall(input, [], scale, null, result));

    internal override double LossTangent(ElementLoss loss, Tensor?[] tangents) => RunLoss(loss, new LossCall(-1, tangents, 1, null, null));

    internal override void LossDerivativeTangent(ElementLoss loss, int input, Tensor?[] tangents, double scale, double? change, Tensor result)
    {
        bool moves = Array.Exists(tangents, tangent => tangent is not null);
        _ = RunLoss(loss, moves ? new LossCall(input, tangents, scale, change, result) : new LossCall(input, [], change ?? 0, null, result));
    }

    private static double RunLoss(ElementLoss loss, in LossCall call) =>
        loss.Inputs[0].DataType == DataType.Float32 ? RunLoss<float>(loss, call) : RunLoss<double>(loss, call);

    private static double RunLoss<T>(ElementLoss loss, in LossCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => loss.Function switch
        {
            LossFunction.BinaryCrossEntropy => RunLoss<T, BinaryCrossEntropyLoss>(loss, call),
            LossFunction.Huber => RunLoss<T, HuberLoss>(loss, call),
            LossFunction.AbsoluteError => RunLoss<T, AbsoluteErrorLoss>(loss, call),
            LossFunction.Hinge => RunLoss<T, HingeLoss>(loss, call),
            LossFunction.Margin => RunLoss<T, MarginLoss>(loss, call),
            LossFunction.KullbackLeibler => RunLoss<T, KullbackLeiblerLoss>(loss, call),
            LossFunction.GaussianLikelihood => RunLoss<T, GaussianLikelihoodLoss>(loss, call),
            _ => RunLoss<T, QuantileLoss>(loss, call),
        };

    /// <summary>Writes the result where there is one; gives the sum where there is none.</summary>
    private static double RunLoss<T, TLoss>(ElementLoss loss, in LossCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLoss : struct, IElementLoss
    {
        int count = loss.Inputs[0].Count, chunks = (int)(((long)count + ChunkLength - 1) / ChunkLength);
        var function = new LossChunks<T, TLoss>
        {
            A = loss.Inputs[0].Pointer<T>(),
            B = loss.Inputs[1].Pointer<T>(),
            C = Of<T>(loss.Inputs.ElementAtOrDefault(2)),
            TangentA = Of<T>(call.Tangents.ElementAtOrDefault(0)),
            TangentB = Of<T>(call.Tangents.ElementAtOrDefault(1)),
            TangentC = Of<T>(call.Tangents.ElementAtOrDefault(2)),
            Weights = Of<T>(loss.Weights),
            Repeat = loss.Weights is null ? 1 : count / loss.Weights.Count,
            Parameters = loss.Parameters,
            Smoothing = loss.Smoothing,
            Count = count,
            Input = call.Input,
            Scale = call.Scale,
            Change = call.Change,
            Result = Of<T>(call.Result),
        };
        if (call.Result is not null)
        {
            RunRows(function, chunks, ChunkLength);
            return 0;
        }

        using var sums = Scratch<double>.Rent(chunks);
        function.Sums = Address(sums.Span);
        RunRows(function, chunks, ChunkLength);
        return PairwiseSums.Row<double, PlainTerm>(function.Sums, null, chunks, default);
    }

    /// <summary>What is asked of a loss.</summary>
    private readonly record struct LossCall(int Input, Tensor?[] Tangents, double Scale, double? Change, Tensor? Result);
}
