namespace Kappa.Tensors.Cpu.Rows;

/// <summary>Work on one row of many, which no other row depends on.</summary>
internal interface IRowFunction
{
    /// <summary>Does a row.</summary>
    void Execute(int row);
}
