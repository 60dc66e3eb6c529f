namespace Kappa.Tensors.Cpu.Factorization;

/// <summary>The ways through a triangular system. Both together, forward first, solve with L L^T.</summary>
[Flags]
internal enum Substitution
{
    /// <summary>From the first unknown on, with L.</summary>
    Forward = 1,

    /// <summary>From the last unknown back, with L^T.</summary>
    Backward = 2,
}
