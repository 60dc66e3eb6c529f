Console.WriteLine("kappa");
return 0;
