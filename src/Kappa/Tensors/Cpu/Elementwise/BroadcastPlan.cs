using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>How to walk two operands that broadcast to one shape: runs along merged inner axes, and where each run starts.</summary>
internal struct BroadcastPlan
{
    private readonly int _outerRank;
    private Steps _lengths;
    private Steps _stepsA;
    private Steps _stepsB;

    internal BroadcastPlan(Shape a, Shape b, Shape shape)
    {
        Shape = shape;
        long strideA = 1;
        long strideB = 1;
        int merged = -1;
        for (int back = 1; back <= shape.Rank; back++)
        {
            int length = shape[-back];
            int lengthA = back <= a.Rank ? a[-back] : 1;
            int lengthB = back <= b.Rank ? b[-back] : 1;
            if (length == 1)
                continue;
            long stepA = lengthA == 1 ? 0 : strideA;
            long stepB = lengthB == 1 ? 0 : strideB;
            strideA *= lengthA;
            strideB *= lengthB;
            if (merged >= 0 && stepA == _stepsA[merged] * _lengths[merged] && stepB == _stepsB[merged] * _lengths[merged])
            {
                _lengths[merged] *= length;
                continue;
            }

            merged++;
            _lengths[merged] = length;
            _stepsA[merged] = stepA;
            _stepsB[merged] = stepB;
        }

        _outerRank = Math.Max(merged, 0);
        InnerLength = merged < 0 ? 1 : (int)_lengths[0];
        InnerStepA = (int)_stepsA[0];
        InnerStepB = (int)_stepsB[0];
    }

    internal Shape Shape { get; }

    internal int InnerLength { get; }

    internal int InnerStepA { get; }

    internal int InnerStepB { get; }

    /// <summary>Where a run starts in each operand, in elements.</summary>
    internal readonly void Offsets(long run, out long offsetA, out long offsetB)
    {
        offsetA = 0;
        offsetB = 0;
        for (int axis = 1; axis <= _outerRank; axis++)
        {
            (run, long coordinate) = Math.DivRem(run, _lengths[axis]);
            offsetA += coordinate * _stepsA[axis];
            offsetB += coordinate * _stepsB[axis];
        }
    }

    [InlineArray(Shape.MaxRank)]
    private struct Steps
    {
        private long _first;
    }
}
