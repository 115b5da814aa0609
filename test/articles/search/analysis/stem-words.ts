/** Words that reach every rule of the two stemmers. */
export const STEMS_EN = `
caresses ponies ties caress cats ies sses feed agreed disabled matting mating meeting milling messing meetings
plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed failing filing happy
sky say by cry relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli
analogousli vietnamization predication operator feudalism decisiveness hopefulness callousness formaliti sensitiviti
sensibiliti analogi triplicate formative formalize electriciti electrical hopeful goodness revival allowance inference
airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologou communism
activate angulariti homologous effective bowdlerize probate rate cease controll roll yes yellow yearly youth y yy
authentication settings synchronization unresponsive drivers`;
export const STEMS_RU = `
важная важнее важнейшая важность важный взять взявши взявшись прочитав прочитавшись учившийся читающий читаемый
открывается открываются открывал открывала открыть откройте пароль пароля паролями настройка настройками настроить
восстановление восстановить восстанавливать ошибка ошибками ошибок сети сетью сетях подключение подключенный
обновлениями обновить длинн длинный сильнейше юность юностью глупость единый и в яма я вы нет не съел ёж компьютер
компьютерами пользователей пользовательский удалённый удаляющимися писавшими печатает печатают печатаешь печатайте
бегают бежали построенная построенный стена стеной семью семьей крестьянин крестьяне статьями статьей вернувшийся`;
