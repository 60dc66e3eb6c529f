namespace Kappa.Checkpoints;

/// <summary>What the header says of one tensor. The offsets count from the end of the header.</summary>
internal sealed record SafeTensorsTensorHeader(string Name, SafeTensorsType Type, long[] Shape, long Start, long End);
