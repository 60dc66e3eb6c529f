using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors;
using Kappa.Tensors.Cpu;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>AdamW in one vectorised loop over fixed buffers.</summary>
internal sealed unsafe class HandWrittenAdamW(Tensor[] parameters, Tensor[] gradients)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;
    private const float Rate = 1e-3f;
    private const float Decay = 0.01f;
    private readonly Tensor[] _first = [.. parameters.Select(p => Tensor.Zeros(p.Shape))];
    private readonly Tensor[] _second = [.. parameters.Select(p => Tensor.Zeros(p.Shape))];
    private int _step;

    internal void Step()
    {
        _step++;
        float correction1 = 1 - MathF.Pow(Beta1, _step);
        float correction2 = 1 - MathF.Pow(Beta2, _step);
        for (int i = 0; i < parameters.Length; i++)
        {
            var job = new Job
            {
                P = parameters[i].Pointer<float>(),
                G = gradients[i].Pointer<float>(),
                M = _first[i].Pointer<float>(),
                V = _second[i].Pointer<float>(),
                Count = parameters[i].Count,
                Size = Rate / correction1,
                Root = 1 / MathF.Sqrt(correction2),
            };
            WorkerPool.Run(Vectorized.Chunks(job.Count), ref job);
        }
    }

    private struct Job : IParallelJob
    {
        internal float* P;
        internal float* G;
        internal float* M;
        internal float* V;
        internal int Count;
        internal float Size;
        internal float Root;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int chunk)
        {
            int i = chunk * CpuBackend.ChunkLength;
            int end = Math.Min(i + CpuBackend.ChunkLength, Count);
            for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
            {
                var g = Unsafe.ReadUnaligned<Vector<float>>(G + i);
                var m = (Unsafe.ReadUnaligned<Vector<float>>(M + i) * Beta1) + (g * (1 - Beta1));
                var v = (Unsafe.ReadUnaligned<Vector<float>>(V + i) * Beta2) + (g * g * (1 - Beta2));
                Unsafe.WriteUnaligned(M + i, m);
                Unsafe.WriteUnaligned(V + i, v);
                var p = Unsafe.ReadUnaligned<Vector<float>>(P + i) * (1 - (Rate * Decay));
                Unsafe.WriteUnaligned(P + i, p - (m * Size / ((Vector.SquareRoot(v) * Root) + Vector.Create(Epsilon))));
            }

            for (; i < end; i++)
            {
                M[i] = (M[i] * Beta1) + (G[i] * (1 - Beta1));
                V[i] = (V[i] * Beta2) + (G[i] * G[i] * (1 - Beta2));
                P[i] = (P[i] * (1 - (Rate * Decay))) - (M[i] * Size / ((MathF.Sqrt(V[i]) * Root) + Epsilon));
            }
        }
    }
}
