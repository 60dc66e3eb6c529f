namespace Kappa.Diagnostics;

/// <summary>What was measured after some step. Every number is finite: null stands for what is infinite or was not measured, so that JSON can hold
/// it.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Weights">One entry for each parameter with two axes or more.</param>
/// <param name="Units">One entry for each activation.</param>
/// <param name="Jacobian">Of the whole model; null where it was not asked for, or the inputs are not numbers that can change, such as tokens.</param>
/// <param name="LayerJacobians">Of single layers.</param>
/// <param name="Kernel">The tangent kernel; null where it was not asked for.</param>
public sealed record DiagnosticsRecord(
    long Step,
    IReadOnlyList<WeightDiagnostics> Weights,
    IReadOnlyList<UnitDiagnostics> Units,
    JacobianDiagnostics? Jacobian,
    IReadOnlyList<JacobianDiagnostics> LayerJacobians,
    KernelDiagnostics? Kernel);
